/** Equal to `version` in package.json; a test keeps it so. */
export const TOOL_VERSION = '0.1.0';
