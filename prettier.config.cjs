// OCA 19.0 settings.  The plugin is found through NODE_PATH (.var/node, or the
// environment of pre-commit).
module.exports = {
  bracketSpacing: false,
  printWidth: 88,
  proseWrap: "always",
  semi: true,
  trailingComma: "es5",
  plugins: [require.resolve("@prettier/plugin-xml")],
  xmlWhitespaceSensitivity: "strict",
  xmlSelfClosingSpace: true,
  overrides: [{files: ["*.js", "*.xml", "*.scss"], options: {tabWidth: 4}}],
};
