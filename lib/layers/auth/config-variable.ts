/** Where the runtime code reads its settings. runtime/auth-utils/{python,nodejs} know the format. */
export const CONFIG_VARIABLE = 'AUTH_UTILS_CONFIG';
