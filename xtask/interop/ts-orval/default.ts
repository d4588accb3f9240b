import { postServiceTicket } from "./aim";

const { data, status } = await postServiceTicket({ Notes: "hello" });
if (status === 200 && typeof data === "object") console.log(data.WebRef);
