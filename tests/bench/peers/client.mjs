// The framework's own client for JavaScript, as `bench_call` runs its
// contestants: the same arguments, the same lines.
//
// Run from the folder into which npm has installed it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.cwd(), "package.json"));
const { JsonServiceClient } = await import(
  pathToFileURL(require.resolve("@servicestack/client"))
);

class GetContractDetails {
  constructor(init) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "GetContractDetails";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {};
  }
}

class C2BPostContract extends GetContractDetails {
  getTypeName() {
    return "C2BPostContract";
  }
}

const [operation, url, workers, ...legs] = process.argv.slice(2);
const file = new URL(`../requests/${operation}.json`, import.meta.url);
const members = JSON.parse(readFileSync(file, "utf8"));

const client = new JsonServiceClient(url);
client.headers.set("Accept", "application/json");
client.headers.set("ApiKey", "key");
client.headers.set("AppId", "app");

const call = {
  async GetContractDetails() {
    const answer = await client.post(new GetContractDetails(members));
    return typeof answer.TotalDue === "number";
  },
  async C2BPostContract() {
    const answer = await client.post(new C2BPostContract(members));
    return typeof answer.WebRef === "string";
  },
}[operation];

for (const leg of legs) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const end = leg.endsWith("s") ? start + 1000 * parseFloat(leg) : Infinity;
  const limit = leg.endsWith("s") ? Infinity : Number(leg);
  let begun = 0;
  const work = async () => {
    while (begun < limit && performance.now() < end) {
      begun += 1;
      if (!(await call())) throw new Error("the answer is not the right one");
    }
  };
  await Promise.all(Array.from({ length: Number(workers) }, work));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const resident = Math.round(process.memoryUsage.rss() / 1024);
  console.log(`${begun} ${seconds.toFixed(3)} ${(user + system) / 1e6} ${resident}`);
}
