import { postServiceTicket } from "./client/index.js";

const { data } = await postServiceTicket({
  baseUrl: "http://127.0.0.1:8080/aeservices30",
  body: { Notes: "hello" },
});
console.log(data?.WebRef);
