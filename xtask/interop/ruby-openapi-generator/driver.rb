require 'aim'
require 'json'
require 'uri'

class Client < Aim::ApiClient
  def build_request(http_method, path, opts = {})
    super.tap do |request|
      # Otherwise a redirect carries the keys to another host. The generated client takes no other word for it:
      # its `follow_location: false` counts as true.
      request.options[:followlocation] = false
      # Otherwise curl sends a booking again when a connection breaks that it used before.
      request.options[:forbid_reuse] = true
    end
  end

  # An exception is no success whatever stands beside it, of which the types know nothing.
  def deserialize(response, return_type)
    raise Aim::ApiError, 'the answer has a ResponseStatus' if JSON.parse(response.body).key?('ResponseStatus')

    super
  end
end

def connect
  url = URI(ENV.fetch('AIM_BASE_URL'))
  config = Aim::Configuration.new do |c|
    c.scheme = url.scheme
    c.host = "#{url.host}:#{url.port}"
    c.base_path = url.path
    c.timeout = 100
    # As default headers these two would be overwritten with nothing.
    c.api_key['ApiKey'] = ENV.fetch('AIM_API_KEY')
    c.api_key['AppId'] = ENV.fetch('AIM_APP_ID')
  end
  Client.new(config).tap { |client| client.default_headers['Token'] = ENV.fetch('AIM_TOKEN') }
end

def calls(client)
  tickets = Aim::ServiceTicketsApi.new(client)
  contracts = Aim::ContractsApi.new(client)
  sign_in = Aim::SignInApi.new(client)

  ticket = tickets.post_service_ticket(
    Aim::PostServiceTicketRequest.new(
      ref_number: 'WEB-1',
      customer_info: Aim::CustomerInfo.new(web_id: 2_147_483_647, name: '山田 🎻', email: 'yamada@example.com'),
      form_input_list: [Aim::FormInput.new(key: 'CELLPHONE', value: '555-0143', encrypted: false)],
      notes: 'a "quoted" line, and <more>'
    )
  )
  show('PostServiceTicket', WebRef: ticket.web_ref, StatusCode: ticket.status&.status_code)

  fulfillment = contracts.contract_fulfillment(
    Aim::ContractFulfillmentRequest.new(
      ref: 'R-1',
      serial_pk: 3_000_000_000,
      cash_price: 1_234_567.89,
      delivery_date: '2026-03-08T02:30:00',
      deleted_accessory_ids: [3_000_000_001],
      added_accessories: [Aim::Accessory.new(desc: 'Case', price: 12.50)]
    )
  )
  show('ContractFulfillment',
       Ref: fulfillment.mass_update_errors&.first&.ref,
       StatusCode: fulfillment.status&.status_code)

  serial = contracts.c2_b_set_contract_serial(Aim::ContractFulfillmentRequest.new(ref: 'R-3', unlock: true))
  show('C2BSetContractSerial', StatusCode: serial.status&.status_code)

  contract = contracts.c2_b_post_contract(
    Aim::C2BPostContractRequest.new(
      instrument_id: 3_000_000_000,
      rate: Aim::Rate.new(mo_pay: 12.50, months: 3),
      accessory_id_list: [3_000_000_001, 7],
      customer_info: Aim::CustomerInfo.new(name: 'Zoë Ng', email: 'zoe@example.com')
    )
  )
  show('C2BPostContract', WebRef: contract.web_ref, PaymentRequired: contract.payment_required)

  posted = contracts.get_contract_details(Aim::GetContractDetailsRequest.new(ref: 'R-1'))
  show_details('GetContractDetails', posted)
  got = contracts.get_contract_details_get(ref: 'R-1 & ü', sub: 2)
  show_details('GetContractDetailsGet', got)

  access = Aim::CustomersApi.new(client)
                            .customer_access_token(acct: 20_417, mode: 'UPDATE_CARD', item_key: 3_000_000_000)
  show('CustomerAccessToken', Token: access.token, AccountManagementUrl: access.account_management_url)

  end_point = sign_in.get_end_point
  show('GetEndPoint', NewEndpointDomain: end_point.new_endpoint_domain, OAuthToken: end_point.o_auth_token)

  login = sign_in.security(
    Aim::SecurityRequest.new(
      username: 'zoe@example.com',
      password: 'pass "wörd" & more',
      app_id: ENV.fetch('AIM_APP_ID')
    )
  )
  show('Security',
       Token: login.token,
       Firstname: login.user_details&.firstname,
       AccountNumber: login.user_details&.account_number)
end

# After a read, so that the booking may use the connection again.
def book(client)
  contracts = Aim::ContractsApi.new(client)
  contracts.get_contract_details(Aim::GetContractDetailsRequest.new(ref: 'R-104233'))
  begin
    contract = contracts.c2_b_post_contract(
      Aim::C2BPostContractRequest.new(instrument_id: 7301, rate_id: 90_210, cus_acct: 20_417)
    )
    print_line(outcome: booked?(contract) ? 'booked' : 'error')
  rescue Aim::ApiError => error
    # 0 if there was no answer.
    print_line(outcome: 'error', status: error.code)
  rescue StandardError => error
    # An answer that cannot be read.
    warn error.message
    print_line(outcome: 'error')
  end
end

# Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
# and looked up before anyone books again.
def booked?(contract)
  status = contract.status
  texts = [status&.status_code, status&.error_code, status&.error_display_text, status&.error_message]
  !contract.web_ref.to_s.strip.empty? &&
    texts.all? { |text| ['', 'ok', 'success', '0'].include?(text.to_s.strip.downcase) }
end

def show_details(call, details)
  show(call,
       StudentName: details.student_name,
       NextDueDate: details.next_due_date,
       PaymentAmount: details.payment_amount,
       TotalDue: details.total_due,
       Amount: details.payments&.first&.amount)
end

def show(call, read)
  print_line(call: call, read: read)
end

def print_line(line)
  puts JSON.generate(line)
end

ARGV.first == 'book' ? book(connect) : calls(connect)
