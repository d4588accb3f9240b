export default {
  aim: { input: "./aim.yaml", output: { target: "./aim.ts", client: "fetch" } },
};
