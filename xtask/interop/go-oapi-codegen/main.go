package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"example.com/driver/aim"
)

func main() {
	client, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	if len(os.Args) > 1 && os.Args[1] == "book" {
		err = book(context.Background(), client)
	} else {
		err = calls(context.Background(), client)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func connect() (*aim.ClientWithResponses, error) {
	httpClient := &http.Client{
		Timeout: 100 * time.Second,
		// A redirect is an answer like any other: net/http would carry the keys along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	headers := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Accept", "application/json")
		request.Header.Set("ApiKey", os.Getenv("AIM_API_KEY"))
		request.Header.Set("AppId", os.Getenv("AIM_APP_ID"))
		request.Header.Set("Token", os.Getenv("AIM_TOKEN"))
		return nil
	}
	return aim.NewClientWithResponses(os.Getenv("AIM_BASE_URL"),
		aim.WithHTTPClient(httpClient), aim.WithRequestEditorFn(headers))
}

func calls(ctx context.Context, client *aim.ClientWithResponses) error {
	ticket, err := client.PostServiceTicketWithResponse(ctx, nil, aim.PostServiceTicketRequest{
		RefNumber: new("WEB-1"),
		CustomerInfo: &aim.CustomerInfo{
			WebId: new(int32(2147483647)),
			Name:  "山田 🎻",
			Email: "yamada@example.com",
		},
		FormInputList: &[]aim.FormInput{{Key: "CELLPHONE", Value: "555-0143"}},
		Notes:         new(`a "quoted" line, and <more>`),
	})
	if err != nil {
		return err
	}
	if ticket.JSON200 == nil {
		return unexpected(ticket)
	}
	show("PostServiceTicket", read{
		"WebRef":     ticket.JSON200.WebRef,
		"StatusCode": statusCode(ticket.JSON200.Status),
	})

	fulfillment, err := client.ContractFulfillmentWithResponse(ctx, nil, aim.ContractFulfillmentRequest{
		Ref:                 new("R-1"),
		SerialPk:            new(int64(3000000000)),
		CashPrice:           new(1234567.89),
		DeliveryDate:        new("2026-03-08T02:30:00"),
		DeletedAccessoryIds: &[]int64{3000000001},
		AddedAccessories:    &[]aim.Accessory{{Desc: new("Case"), Price: new(12.50)}},
	})
	if err != nil {
		return err
	}
	if fulfillment.JSON200 == nil {
		return unexpected(fulfillment)
	}
	applied := read{"StatusCode": statusCode(fulfillment.JSON200.Status)}
	if errors := fulfillment.JSON200.MassUpdateErrors; errors != nil && len(*errors) > 0 {
		applied["Ref"] = (*errors)[0].Ref
	}
	show("ContractFulfillment", applied)

	serial, err := client.C2BSetContractSerialWithResponse(ctx, nil, aim.ContractFulfillmentRequest{
		Ref:    new("R-3"),
		Unlock: new(true),
	})
	if err != nil {
		return err
	}
	if serial.JSON200 == nil {
		return unexpected(serial)
	}
	show("C2BSetContractSerial", read{"StatusCode": statusCode(serial.JSON200.Status)})

	contract, err := client.C2BPostContractWithResponse(ctx, nil, aim.C2BPostContractRequest{
		InstrumentId:    new(int64(3000000000)),
		Rate:            &aim.Rate{MoPay: new(12.50), Months: new(int32(3))},
		AccessoryIdList: &[]int64{3000000001, 7},
		CustomerInfo:    &aim.CustomerInfo{Name: "Zoë Ng", Email: "zoe@example.com"},
	})
	if err != nil {
		return err
	}
	if contract.JSON200 == nil {
		return unexpected(contract)
	}
	show("C2BPostContract", read{
		"WebRef":          contract.JSON200.WebRef,
		"PaymentRequired": contract.JSON200.PaymentRequired,
	})

	posted, err := client.GetContractDetailsWithResponse(ctx, nil, aim.GetContractDetailsRequest{Ref: new("R-1")})
	if err != nil {
		return err
	}
	if posted.JSON200 == nil {
		return unexpected(posted)
	}
	showDetails("GetContractDetails", posted.JSON200)

	got, err := client.GetContractDetailsGetWithResponse(ctx, &aim.GetContractDetailsGetParams{
		Ref: new("R-1 & ü"),
		Sub: new(int32(2)),
	})
	if err != nil {
		return err
	}
	if got.JSON200 == nil {
		return unexpected(got)
	}
	showDetails("GetContractDetailsGet", got.JSON200)

	access, err := client.CustomerAccessTokenWithResponse(ctx, &aim.CustomerAccessTokenParams{
		Acct:    new(int32(20417)),
		Mode:    new("UPDATE_CARD"),
		ItemKey: new(int64(3000000000)),
	})
	if err != nil {
		return err
	}
	if access.JSON200 == nil {
		return unexpected(access)
	}
	show("CustomerAccessToken", read{
		"Token":                access.JSON200.Token,
		"AccountManagementUrl": access.JSON200.AccountManagementUrl,
	})

	endpoint, err := client.GetEndPointWithResponse(ctx)
	if err != nil {
		return err
	}
	if endpoint.JSON200 == nil {
		return unexpected(endpoint)
	}
	show("GetEndPoint", read{
		"NewEndpointDomain": endpoint.JSON200.NewEndpointDomain,
		"OAuthToken":        endpoint.JSON200.OAuthToken,
	})

	login, err := client.SecurityWithResponse(ctx, nil, aim.SecurityRequest{
		Username: "zoe@example.com",
		Password: `pass "wörd" & more`,
		AppID:    os.Getenv("AIM_APP_ID"),
	})
	if err != nil {
		return err
	}
	if login.JSON200 == nil {
		return unexpected(login)
	}
	user := read{"Token": login.JSON200.Token}
	if details := login.JSON200.UserDetails; details != nil {
		user["Firstname"] = details.Firstname
		user["AccountNumber"] = details.AccountNumber
	}
	show("Security", user)
	return nil
}

// After a read, so that the booking may use the connection again.
func book(ctx context.Context, client *aim.ClientWithResponses) error {
	_, err := client.GetContractDetailsWithResponse(ctx, nil, aim.GetContractDetailsRequest{Ref: new("R-104233")})
	if err != nil {
		return err
	}
	contract, err := client.C2BPostContractWithResponse(ctx, nil, aim.C2BPostContractRequest{
		InstrumentId: new(int64(7301)),
		RateId:       new(int64(90210)),
		CusAcct:      new(int32(20417)),
	})
	switch {
	case err != nil:
		log.Print(err)
		printLine(map[string]any{"outcome": "error"})
	case !isBooked(contract):
		printLine(map[string]any{"outcome": "error", "status": contract.StatusCode()})
	default:
		printLine(map[string]any{"outcome": "booked"})
	}
	return nil
}

// isBooked says whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not
// surely refused, and looked up before anyone books again.
func isBooked(answer *aim.C2BPostContractResponse) bool {
	contract := answer.JSON200
	if contract == nil || contract.WebRef == nil || strings.TrimSpace(*contract.WebRef) == "" {
		return false
	}
	// Of such a member the type knows nothing.
	var exception struct{ ResponseStatus any }
	if json.Unmarshal(answer.Body, &exception) != nil || exception.ResponseStatus != nil {
		return false
	}
	if status := contract.Status; status != nil {
		for _, text := range []*string{status.StatusCode, status.ErrorCode, status.ErrorDisplayText, status.ErrorMessage} {
			if text != nil && !isGood(*text) {
				return false
			}
		}
	}
	return true
}

func isGood(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "ok", "success", "0":
		return true
	}
	return false
}

func unexpected(answer interface{ Status() string }) error {
	return fmt.Errorf("the answer is no JSON with status 200, but %s", answer.Status())
}

func statusCode(status *aim.BaseResponseResult) *string {
	if status == nil {
		return nil
	}
	return status.StatusCode
}

func showDetails(call string, details *aim.GetContractDetailsAnswer) {
	values := read{
		"StudentName":   details.StudentName,
		"NextDueDate":   details.NextDueDate,
		"PaymentAmount": details.PaymentAmount,
		"TotalDue":      details.TotalDue,
	}
	if details.Payments != nil && len(*details.Payments) > 0 {
		values["Amount"] = (*details.Payments)[0].Amount
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
