// Modules under static/src are Odoo ES modules; tests and tours too.
const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
  {ignores: ["**/static/lib/**", "**/node_modules/**", ".var/**", ".venv/**"]},
  js.configs.recommended,
  {
    files: ["addons/**/*.js"],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: "module",
      globals: {
        ...globals.browser,
        ...globals.serviceworker,
        odoo: "readonly",
        luxon: "readonly",
        owl: "readonly",
        QUnit: "readonly",
      },
    },
    rules: {
      curly: "error",
      eqeqeq: "error",
      "no-console": ["error", {allow: ["warn", "error", "info"]}],
      "no-alert": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-return-assign": "error",
      "no-throw-literal": "error",
      "no-unused-vars": ["error", {argsIgnorePattern: "^_", caughtErrors: "none"}],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // a browser test tells Odoo's runner its result through the console
    files: ["addons/*/static/tests/**/*.js"],
    rules: {"no-console": "off"},
  },
];
