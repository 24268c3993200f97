import { isBackupError } from '../../../model/errors.ts';
import type { Probe } from './probe-fact.ts';

/** [D] COGNITO-FACTS §2: not adjustable. */
const FIXED = ['UserList', 'UserUpdate', 'UserAccountRecovery', 'UserResourceUpdate', 'UserPoolRead'] as const;

export const limitsProbe: Probe = {
  id: 'limits-of-fixed-categories',
  question: 'Does GetProvisionedLimit answer for quotas that cannot be raised?',
  async ask({ gateway, signal }) {
    const answered: string[] = [];
    const refused: string[] = [];
    for (const category of FIXED) {
      try {
        const limit = await gateway.send('GetProvisionedLimit', { category }, signal);
        answered.push(limit === undefined ? `${category} without a number` : `${category} ${limit}/s`);
      } catch (error) {
        if (!isBackupError(error, 'rejected', 'not-authorized')) throw error;
        refused.push(`${category} (${error.awsName ?? error.code})`);
      }
    }
    const texts = [
      answered.length > 0 ? `Answered: ${answered.join(', ')}` : '',
      refused.length > 0 ? `Refused: ${refused.join(', ')}` : '',
    ];
    return {
      verdict: 'observed',
      tried: `GetProvisionedLimit for ${FIXED.join(', ')}`,
      observed: texts.filter((text) => text !== '').join('. '),
    };
  },
};
