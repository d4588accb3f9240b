package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"example.com/driver/aim"
)

func main() {
	config := aim.NewConfiguration()
	config.Servers = aim.ServerConfigurations{{URL: os.Getenv("AIM_BASE_URL")}}
	config.AddDefaultHeader("ApiKey", os.Getenv("AIM_API_KEY"))
	config.AddDefaultHeader("AppId", os.Getenv("AIM_APP_ID"))
	config.AddDefaultHeader("Token", os.Getenv("AIM_TOKEN"))
	config.HTTPClient = &http.Client{
		Timeout: 100 * time.Second,
		// A redirect is an answer like any other: net/http would carry the keys along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	client := aim.NewAPIClient(config)

	run := calls
	if len(os.Args) > 1 && os.Args[1] == "book" {
		run = book
	}
	if err := run(context.Background(), client); err != nil {
		log.Fatal(err)
	}
}

func calls(ctx context.Context, client *aim.APIClient) error {
	customer := aim.NewCustomerInfo("山田 🎻", "yamada@example.com")
	customer.SetWebId(2147483647)
	ticket, _, err := client.ServiceTicketsAPI.PostServiceTicket(ctx).PostServiceTicketRequest(aim.PostServiceTicketRequest{
		RefNumber:     aim.PtrString("WEB-1"),
		CustomerInfo:  customer,
		FormInputList: []aim.FormInput{*aim.NewFormInput("CELLPHONE", "555-0143", false)},
		Notes:         aim.PtrString(`a "quoted" line, and <more>`),
	}).Execute()
	if err != nil {
		return err
	}
	status := ticket.GetStatus()
	show("PostServiceTicket", read{"WebRef": ticket.GetWebRef(), "StatusCode": status.GetStatusCode()})

	fulfillment := aim.ContractFulfillmentRequest{
		Ref:                 aim.PtrString("R-1"),
		DeletedAccessoryIds: []int64{3000000001},
		AddedAccessories:    []aim.Accessory{{Desc: aim.PtrString("Case"), Price: aim.PtrFloat64(12.50)}},
	}
	fulfillment.SetSerialPk(3000000000)
	fulfillment.SetCashPrice(1234567.89)
	fulfillment.SetDeliveryDate("2026-03-08T02:30:00")
	fulfilled, _, err := client.ContractsAPI.ContractFulfillment(ctx).ContractFulfillmentRequest(fulfillment).Execute()
	if err != nil {
		return err
	}
	status = fulfilled.GetStatus()
	applied := read{"StatusCode": status.GetStatusCode()}
	for _, failed := range fulfilled.GetMassUpdateErrors() {
		applied["Ref"] = failed.GetRef()
	}
	show("ContractFulfillment", applied)

	serial, _, err := client.ContractsAPI.C2BSetContractSerial(ctx).ContractFulfillmentRequest(aim.ContractFulfillmentRequest{
		Ref:    aim.PtrString("R-3"),
		Unlock: aim.PtrBool(true),
	}).Execute()
	if err != nil {
		return err
	}
	status = serial.GetStatus()
	show("C2BSetContractSerial", read{"StatusCode": status.GetStatusCode()})

	rate := aim.Rate{Months: aim.PtrInt32(3)}
	rate.SetMoPay(12.50)
	request := aim.C2BPostContractRequest{
		Rate:            &rate,
		AccessoryIdList: []int64{3000000001, 7},
		CustomerInfo:    aim.NewCustomerInfo("Zoë Ng", "zoe@example.com"),
	}
	request.SetInstrumentId(3000000000)
	contract, _, err := client.ContractsAPI.C2BPostContract(ctx).C2BPostContractRequest(request).Execute()
	if err != nil {
		return err
	}
	show("C2BPostContract", read{"WebRef": contract.GetWebRef(), "PaymentRequired": contract.GetPaymentRequired()})

	posted, _, err := client.ContractsAPI.GetContractDetails(ctx).
		GetContractDetailsRequest(aim.GetContractDetailsRequest{Ref: aim.PtrString("R-1")}).Execute()
	if err != nil {
		return err
	}
	showDetails("GetContractDetails", posted)

	got, _, err := client.ContractsAPI.GetContractDetailsGet(ctx).Ref("R-1 & ü").Sub(2).Execute()
	if err != nil {
		return err
	}
	showDetails("GetContractDetailsGet", got)

	access, _, err := client.CustomersAPI.CustomerAccessToken(ctx).
		Acct(20417).Mode("UPDATE_CARD").ItemKey(3000000000).Execute()
	if err != nil {
		return err
	}
	show("CustomerAccessToken", read{
		"Token":                access.GetToken(),
		"AccountManagementUrl": access.GetAccountManagementUrl(),
	})

	endpoint, _, err := client.SignInAPI.GetEndPoint(ctx).Execute()
	if err != nil {
		return err
	}
	show("GetEndPoint", read{
		"NewEndpointDomain": endpoint.GetNewEndpointDomain(),
		"OAuthToken":        endpoint.GetOAuthToken(),
	})

	login, _, err := client.SignInAPI.Security(ctx).SecurityRequest(
		*aim.NewSecurityRequest("zoe@example.com", `pass "wörd" & more`, os.Getenv("AIM_APP_ID"))).Execute()
	if err != nil {
		return err
	}
	user := login.GetUserDetails()
	show("Security", read{
		"Token":         login.GetToken(),
		"Firstname":     user.GetFirstname(),
		"AccountNumber": user.GetAccountNumber(),
	})
	return nil
}

// After a read, so that the booking may use the connection again.
func book(ctx context.Context, client *aim.APIClient) error {
	_, _, err := client.ContractsAPI.GetContractDetails(ctx).
		GetContractDetailsRequest(aim.GetContractDetailsRequest{Ref: aim.PtrString("R-104233")}).Execute()
	if err != nil {
		return err
	}
	request := aim.C2BPostContractRequest{}
	request.SetInstrumentId(7301)
	request.SetRateId(90210)
	request.SetCusAcct(20417)
	contract, response, err := client.ContractsAPI.C2BPostContract(ctx).C2BPostContractRequest(request).Execute()
	if err == nil && isBooked(contract, response) {
		printLine(map[string]any{"outcome": "booked"})
		return nil
	}
	line := map[string]any{"outcome": "error"}
	if response != nil {
		line["status"] = response.StatusCode
	}
	log.Print(err)
	printLine(line)
	return nil
}

// isBooked says whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not
// surely refused, and looked up before anyone books again.
func isBooked(contract *aim.C2BPostContractResponse, response *http.Response) bool {
	// Of such a member the type knows nothing.
	var exception struct{ ResponseStatus any }
	if json.NewDecoder(response.Body).Decode(&exception) != nil || exception.ResponseStatus != nil {
		return false
	}
	status := contract.GetStatus()
	return strings.TrimSpace(contract.GetWebRef()) != "" &&
		isGood(status.GetStatusCode()) && isGood(status.GetErrorCode()) &&
		isGood(status.GetErrorDisplayText()) && isGood(status.GetErrorMessage())
}

func isGood(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "ok", "success", "0":
		return true
	}
	return false
}

func showDetails(call string, details *aim.GetContractDetailsResponse) {
	values := read{
		"StudentName":   details.GetStudentName(),
		"NextDueDate":   details.GetNextDueDate(),
		"PaymentAmount": details.GetPaymentAmount(),
		"TotalDue":      details.GetTotalDue(),
	}
	for _, payment := range details.GetPayments() {
		values["Amount"] = payment.GetAmount()
	}
	show(call, values)
}

type read map[string]any

func show(call string, values read) {
	printLine(map[string]any{"call": call, "read": values})
}

func printLine(line map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}
