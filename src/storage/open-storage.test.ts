import { describe, expect, it } from 'vitest';
import { parseStorageLocation } from './open-storage.ts';

describe('parseStorageLocation', () => {
  it.each([
    ['s3://my-bucket', { kind: 's3', bucket: 'my-bucket', prefix: '' }],
    ['s3://my-bucket/', { kind: 's3', bucket: 'my-bucket', prefix: '' }],
    ['s3://my.bucket/a', { kind: 's3', bucket: 'my.bucket', prefix: 'a' }],
    ['s3://my-bucket/a/b//', { kind: 's3', bucket: 'my-bucket', prefix: 'a/b' }],
    ['s3://my-bucket/my backups/ä', { kind: 's3', bucket: 'my-bucket', prefix: 'my backups/ä' }],
    ['vault', { kind: 'local', folder: 'vault' }],
    ['./vault/', { kind: 'local', folder: './vault/' }],
    ['/var/backups', { kind: 'local', folder: '/var/backups' }],
    ['C:\\vault', { kind: 'local', folder: 'C:\\vault' }],
    ['C:/vault', { kind: 'local', folder: 'C:/vault' }],
    ['s3', { kind: 'local', folder: 's3' }],
    ['a:b', { kind: 'local', folder: 'a:b' }],
  ])('reads %j', (text, location) => {
    expect(parseStorageLocation(text)).toEqual(location);
  });

  it.each([
    '',
    ' ',
    's3:',
    's3:/bucket',
    's3:bucket/x',
    'S3://bucket',
    's3://',
    's3:///x',
    's3://a',
    's3://-bucket/x',
    's3://my bucket/x',
    's3://bucket//x',
    's3://bucket/a//b',
    's3://bucket/../x',
    's3://bucket/./x',
    's3://arn:aws:s3:eu-central-1:1:accesspoint/x',
    'https://bucket.s3.amazonaws.com/x',
    'https:/x',
    'file:///var/backups',
    'gs://bucket',
    'vault\0',
  ])('refuses %j with usage and an example', (text) => {
    expect(() => parseStorageLocation(text)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('s3://my-bucket/cognito') }),
    );
  });
});
