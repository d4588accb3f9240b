package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"example.com/driver/aim"
)

func main() {
	client, err := aim.NewClient(os.Getenv("AIM_BASE_URL"), keys{}, aim.WithClient(transport{&http.Client{
		Timeout: 100 * time.Second,
		// A redirect is an answer like any other: net/http would carry the keys along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}))
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

// The keys go where the generated client asks for them.
type keys struct{}

func (keys) ApiKey(context.Context, aim.OperationName) (aim.ApiKey, error) {
	return aim.ApiKey{APIKey: os.Getenv("AIM_API_KEY")}, nil
}

func (keys) AppId(context.Context, aim.OperationName) (aim.AppId, error) {
	return aim.AppId{APIKey: os.Getenv("AIM_APP_ID")}, nil
}

// transport adds the headers that the generated client does not send.
type transport struct{ client *http.Client }

func (t transport) Do(request *http.Request) (*http.Response, error) {
	// No filter of ogen leaves out this one operation. net/http repeats a GET by itself, and books twice.
	if request.Method == http.MethodGet && strings.HasSuffix(request.URL.Path, "/api/C2BPostContract") {
		return nil, errors.New("book with C2BPostContract, not with C2BPostContractGet")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Token", os.Getenv("AIM_TOKEN"))
	response, err := t.client.Do(request)
	if err != nil {
		return nil, err
	}
	// The generated client says of any other answer only what type it has.
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" {
		response.Body.Close()
		return nil, statusError(response.StatusCode)
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	// An exception is no success whatever stands beside it, of which the types know nothing.
	var exception struct{ ResponseStatus any }
	if json.Unmarshal(body, &exception) == nil && exception.ResponseStatus != nil {
		return nil, statusError(response.StatusCode)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// statusError is the status of an answer that is no success.
type statusError int

func (status statusError) Error() string {
	return fmt.Sprintf("the server answers with status %d", int(status))
}

// answer is what an operation answers when it succeeds.
func answer[T any](result any, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	switch result := result.(type) {
	case *T:
		return result, nil
	case *aim.ErrorStatusCode:
		return nil, statusError(result.StatusCode)
	default:
		return nil, fmt.Errorf("the server answers with a %T", result)
	}
}

func calls(ctx context.Context, client *aim.Client) error {
	ticket, err := answer[aim.PostServiceTicketResponse](client.PostServiceTicket(ctx, &aim.PostServiceTicketRequest{
		RefNumber: aim.NewOptString("WEB-1"),
		CustomerInfo: aim.NewOptCustomerInfo(aim.CustomerInfo{
			WebId: aim.NewOptNilInt32(2147483647),
			Name:  "山田 🎻",
			Email: "yamada@example.com",
		}),
		FormInputList: aim.NewOptNilFormInputArray([]aim.FormInput{{Key: "CELLPHONE", Value: "555-0143"}}),
		Notes:         aim.NewOptString(`a "quoted" line, and <more>`),
	}, aim.PostServiceTicketParams{}))
	if err != nil {
		return err
	}
	show("PostServiceTicket", read{
		"WebRef":     ticket.WebRef.Value,
		"StatusCode": ticket.Status.Value.StatusCode.Value,
	})

	fulfillment, err := answer[aim.ContractFulfillmentResponse](client.ContractFulfillment(ctx, &aim.ContractFulfillmentRequest{
		Ref:                 aim.NewOptString("R-1"),
		SerialPk:            aim.NewOptNilInt64(3000000000),
		CashPrice:           aim.NewOptNilFloat64(1234567.89),
		DeliveryDate:        aim.NewOptNilString("2026-03-08T02:30:00"),
		DeletedAccessoryIds: aim.NewOptNilInt64Array([]int64{3000000001}),
		AddedAccessories: aim.NewOptNilAccessoryArray([]aim.Accessory{
			{Desc: aim.NewOptString("Case"), Price: aim.NewOptFloat64(12.50)},
		}),
	}, aim.ContractFulfillmentParams{}))
	if err != nil {
		return err
	}
	applied := read{"StatusCode": fulfillment.Status.Value.StatusCode.Value}
	for _, failed := range fulfillment.MassUpdateErrors.Value {
		applied["Ref"] = failed.Ref.Value
	}
	show("ContractFulfillment", applied)

	serial, err := answer[aim.ContractFulfillmentResponse](client.C2BSetContractSerial(ctx, &aim.ContractFulfillmentRequest{
		Ref:    aim.NewOptString("R-3"),
		Unlock: aim.NewOptBool(true),
	}, aim.C2BSetContractSerialParams{}))
	if err != nil {
		return err
	}
	show("C2BSetContractSerial", read{"StatusCode": serial.Status.Value.StatusCode.Value})

	contract, err := answer[aim.C2BPostContractResponse](client.C2BPostContract(ctx, &aim.C2BPostContractRequest{
		InstrumentId: aim.NewOptNilInt64(3000000000),
		Rate: aim.NewOptRate(aim.Rate{
			MoPay:  aim.NewOptNilFloat64(12.50),
			Months: aim.NewOptInt32(3),
		}),
		AccessoryIdList: aim.NewOptNilInt64Array([]int64{3000000001, 7}),
		CustomerInfo:    aim.NewOptCustomerInfo(aim.CustomerInfo{Name: "Zoë Ng", Email: "zoe@example.com"}),
	}, aim.C2BPostContractParams{}))
	if err != nil {
		return err
	}
	show("C2BPostContract", read{
		"WebRef":          contract.WebRef.Value,
		"PaymentRequired": contract.PaymentRequired.Value,
	})

	posted, err := answer[aim.GetContractDetailsResponse](client.GetContractDetails(ctx, &aim.GetContractDetailsRequest{
		Ref: aim.NewOptString("R-1"),
	}, aim.GetContractDetailsParams{}))
	if err != nil {
		return err
	}
	showDetails("GetContractDetails", posted)

	got, err := answer[aim.GetContractDetailsResponse](client.GetContractDetailsGet(ctx, aim.GetContractDetailsGetParams{
		Ref: aim.NewOptString("R-1 & ü"),
		Sub: aim.NewOptInt32(2),
	}))
	if err != nil {
		return err
	}
	showDetails("GetContractDetailsGet", got)

	access, err := answer[aim.CustomerAccessTokenResponse](client.CustomerAccessToken(ctx, aim.CustomerAccessTokenParams{
		Acct:    aim.NewOptInt32(20417),
		Mode:    aim.NewOptString("UPDATE_CARD"),
		ItemKey: aim.NewOptInt64(3000000000),
	}))
	if err != nil {
		return err
	}
	show("CustomerAccessToken", read{
		"Token":                access.Token.Value,
		"AccountManagementUrl": access.AccountManagementUrl.Value,
	})

	endpoint, err := answer[aim.GetEndPointResponse](client.GetEndPoint(ctx))
	if err != nil {
		return err
	}
	show("GetEndPoint", read{
		"NewEndpointDomain": endpoint.NewEndpointDomain.Value,
		"OAuthToken":        endpoint.OAuthToken.Value,
	})

	login, err := answer[aim.SecurityResponse](client.Security(ctx, &aim.SecurityRequest{
		Username: "zoe@example.com",
		Password: `pass "wörd" & more`,
		AppID:    os.Getenv("AIM_APP_ID"),
	}, aim.SecurityParams{}))
	if err != nil {
		return err
	}
	show("Security", read{
		"Token":         login.Token.Value,
		"Firstname":     login.UserDetails.Value.Firstname.Value,
		"AccountNumber": login.UserDetails.Value.AccountNumber.Value,
	})
	return nil
}

// After a read, so that the booking may use the connection again.
func book(ctx context.Context, client *aim.Client) error {
	_, err := answer[aim.GetContractDetailsResponse](client.GetContractDetails(ctx, &aim.GetContractDetailsRequest{
		Ref: aim.NewOptString("R-104233"),
	}, aim.GetContractDetailsParams{}))
	if err != nil {
		return err
	}
	contract, err := answer[aim.C2BPostContractResponse](client.C2BPostContract(ctx, &aim.C2BPostContractRequest{
		InstrumentId: aim.NewOptNilInt64(7301),
		RateId:       aim.NewOptNilInt64(90210),
		CusAcct:      aim.NewOptNilInt32(20417),
	}, aim.C2BPostContractParams{}))
	var status statusError
	switch {
	case errors.As(err, &status):
		printLine(map[string]any{"outcome": "error", "status": int(status)})
	case err != nil:
		log.Print(err)
		printLine(map[string]any{"outcome": "error"})
	case !isBooked(contract):
		printLine(map[string]any{"outcome": "error", "status": http.StatusOK})
	default:
		printLine(map[string]any{"outcome": "booked"})
	}
	return nil
}

// isBooked says whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not
// surely refused, and looked up before anyone books again.
func isBooked(contract *aim.C2BPostContractResponse) bool {
	status := contract.Status.Value
	return strings.TrimSpace(contract.WebRef.Value) != "" &&
		isGood(status.StatusCode.Value) && isGood(status.ErrorCode.Value) &&
		isGood(status.ErrorDisplayText.Value) && isGood(status.ErrorMessage.Value)
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
		"StudentName":   details.StudentName.Value,
		"NextDueDate":   details.NextDueDate.Value,
		"PaymentAmount": details.PaymentAmount.Value,
		"TotalDue":      details.TotalDue.Value,
	}
	for _, payment := range details.Payments.Value {
		values["Amount"] = payment.Amount.Value
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
