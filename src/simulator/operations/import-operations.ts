import { csvHeader, importTarget } from '../import-target.ts';
import { poolOf, type Operation } from './context.ts';

export const importOperations: Readonly<Record<string, Operation>> = {
  GetCSVHeader: (context) => {
    const pool = poolOf(context);
    return { UserPoolId: pool.id, CSVHeader: csvHeader(pool) };
  },
  CreateUserImportJob: (context) => {
    const pool = importTarget(context.account, poolOf(context));
    return context.account.importJobs.create(pool, context.request.body);
  },
  StartUserImportJob: (context) => {
    const pool = importTarget(context.account, poolOf(context));
    return context.account.importJobs.start(pool, context.request.body);
  },
  StopUserImportJob: (context) => {
    const pool = importTarget(context.account, poolOf(context));
    return context.account.importJobs.stop(pool, context.request.body);
  },
  DescribeUserImportJob: (context) => {
    const pool = importTarget(context.account, poolOf(context));
    return context.account.importJobs.describe(pool, context.request.body);
  },
  ListUserImportJobs: (context) => {
    const pool = importTarget(context.account, poolOf(context));
    return context.account.importJobs.list(pool, context.request.body);
  },
};
