export default {
  input: "./aim.yaml",
  output: { path: "client", module: { extension: ".js" } },
  // The booking by GET is left out.
  parser: { filters: { operations: { exclude: ["GET /api/C2BPostContract"] } } },
};
