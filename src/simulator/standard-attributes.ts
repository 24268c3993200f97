import type { SchemaAttributeConfig } from './pool-config.ts';

/** The attributes every pool has, as DescribeUserPool lists them. Source: SDK 3.1169 and developer guide, 2026-11. [D] */
export const STANDARD_ATTRIBUTES: readonly SchemaAttributeConfig[] = [
  text('profile'),
  text('address'),
  text('birthdate', '10', '10'),
  text('gender'),
  text('preferred_username'),
  {
    Name: 'updated_at',
    AttributeDataType: 'Number',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    NumberAttributeConstraints: { MinValue: '0' },
  },
  text('website'),
  text('picture'),
  {
    Name: 'identities',
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    StringAttributeConstraints: {},
  },
  {
    Name: 'sub',
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: false,
    Required: true,
    StringAttributeConstraints: { MinLength: '1', MaxLength: '2048' },
  },
  text('phone_number'),
  flag('phone_number_verified'),
  text('zoneinfo'),
  text('locale'),
  text('email'),
  flag('email_verified'),
  text('given_name'),
  text('family_name'),
  text('middle_name'),
  text('name'),
  text('nickname'),
];

function text(name: string, minLength = '0', maxLength = '2048'): SchemaAttributeConfig {
  return {
    Name: name,
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    StringAttributeConstraints: { MinLength: minLength, MaxLength: maxLength },
  };
}

function flag(name: string): SchemaAttributeConfig {
  return {
    Name: name,
    AttributeDataType: 'Boolean',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
  };
}
