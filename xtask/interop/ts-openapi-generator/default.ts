import { Configuration, ServiceTicketsApi } from "./client";

const tickets = new ServiceTicketsApi(
  new Configuration({ basePath: "http://127.0.0.1:8080/aeservices30" }),
);
const ticket = await tickets.postServiceTicket({ postServiceTicketRequest: { notes: "hello" } });
console.log(ticket.webRef);
