function withoutBookingByGet(document) {
  delete document.paths["/api/C2BPostContract"].get;
  return document;
}

export default {
  aim: {
    input: { target: "./aim.yaml", override: { transformer: withoutBookingByGet } },
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
