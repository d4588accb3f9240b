import { postServiceTicket } from "./aim";

const { data, status } = await postServiceTicket({ Notes: "hello" });
if (status === 200) console.log(data.WebRef);
