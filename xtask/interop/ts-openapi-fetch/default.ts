import createClient from "openapi-fetch";
import type { paths } from "./aim.js";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8080/aeservices30" });
const { data } = await client.POST("/api/PostServiceTicket", { body: { Notes: "hello" } });
console.log(data?.WebRef);
