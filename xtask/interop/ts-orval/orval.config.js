import { transform } from "./transform.js";

export default {
  aim: {
    input: { target: "./aim.yaml", override: { transformer: transform } },
    output: {
      target: "./aim.ts",
      client: "fetch",
      override: {
        fetch: { includeHttpResponseReturnType: false },
        mutator: { path: "./aim-fetch.ts", name: "aimFetch", extension: ".js" },
      },
    },
  },
};
