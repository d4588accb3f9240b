//! The fake as a library: typed values, any runtime, and nothing left behind.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]

#[path = "../src/model/names.rs"]
mod names;
#[allow(dead_code, reason = "other tests take the rest")]
#[path = "fake/raw.rs"]
mod raw;

use std::net::{SocketAddr, TcpListener, TcpStream};

use aim_fake::{AimFake, Error, Fault, FaultKind};
use names::{ContractFulfillmentRequest, schema};
use raw::{End, Raw, booking, request, send};
use rust_decimal::Decimal;
use serde::Deserialize;

#[tokio::test(flavor = "current_thread")]
async fn it_answers_while_the_runtime_of_the_test_is_blocked() {
    let fake = AimFake::start().await.unwrap();
    assert_eq!(send(fake.address(), &booking()).status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_beside_a_runtime_of_many_threads() {
    let fakes = [
        AimFake::start().await.unwrap(),
        AimFake::start().await.unwrap(),
    ];
    assert_ne!(fakes[0].base_url(), fakes[1].base_url());
    send(fakes[0].address(), &booking());
    assert_eq!(
        (fakes[0].requests().len(), fakes[1].requests().len()),
        (1, 0)
    );
}

#[tokio::test]
async fn the_paths_of_the_document_append_to_the_base_url() {
    let fake = AimFake::start().await.unwrap();
    let url = format!("http://{}/aeservices30", fake.address());
    assert_eq!(fake.base_url(), url);
    assert!(fake.address().ip().is_loopback());
    for (address, host) in [
        ("0.0.0.0:0", "127.0.0.1"),
        ("[::1]:0", "[::1]"),
        ("[::]:0", "[::1]"),
    ] {
        let address: SocketAddr = address.parse().unwrap();
        if address.is_ipv6() && TcpListener::bind("[::1]:0").is_err() {
            println!("skipped: this machine has no ::1");
            continue;
        }
        let fake = AimFake::builder().address(address).start().await.unwrap();
        let url = format!("http://{host}:{}/aeservices30", fake.address().port());
        assert_eq!(fake.base_url(), url);
    }
}

#[tokio::test]
async fn received_values_are_typed() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Fulfilment {
        r#ref: String,
        cash_price: serde_json::Number,
        delivery_date: String,
        serial: Option<String>,
    }

    let fake = AimFake::start().await.unwrap();
    let body =
        r#"{"Ref":"C-1","CashPrice":12.50,"DeliveryDate":"2026-11-21T10:20:30","SerialPk":4}"#;
    let target = "/aeservices30/api/ContractFulfillment";
    send(fake.address(), &request("POST", target, "", body));

    let requests = fake.requests();
    let bound = requests[0].bound.as_ref().unwrap();
    assert_eq!(bound.of().name, schema::CONTRACT_FULFILLMENT_REQUEST);
    assert_eq!(
        bound
            .get(ContractFulfillmentRequest::CASH_PRICE)
            .as_decimal(),
        Some(Decimal::new(1250, 2))
    );
    assert_eq!(
        bound.get(ContractFulfillmentRequest::SERIAL_PK).as_int(),
        Some(4)
    );

    let typed: Fulfilment = requests[0].bound_as().unwrap();
    assert_eq!(typed.r#ref, "C-1");
    assert_eq!(typed.delivery_date, "2026-11-21T10:20:30.0000000");
    assert_eq!(
        (typed.cash_price.as_f64(), typed.serial),
        (Some(12.5), None)
    );
    // A decimal keeps its digits.
    let raw: Box<serde_json::value::RawValue> = requests[0].bound_as().unwrap();
    assert!(raw.get().contains("\"CashPrice\":12.50,"), "{raw}");

    send(fake.address(), &request("GET", "/nothing", "", ""));
    assert!(fake.requests()[1].bound_as::<Fulfilment>().is_err());
    assert_eq!(
        fake.requests()[1].bound_as::<Option<Fulfilment>>().unwrap(),
        None
    );
}

#[tokio::test]
async fn contradictory_options_do_not_start() {
    let fault = Fault::new(FaultKind::Bom {}).connection(1);
    let Err(Error::Start(problem)) = AimFake::builder().fault(fault).start().await else {
        panic!("it started");
    };
    assert_eq!(problem.pointer, "/0/connection");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let started = AimFake::builder().address(address).start().await;
    assert!(matches!(started, Err(Error::Io(_))));
}

#[tokio::test]
async fn dropping_it_frees_the_port() {
    let fake = AimFake::start().await.unwrap();
    let address = fake.address();
    let mut idle = Raw::new(address);
    assert_eq!(idle.send(&booking()).end, End::Whole);
    fake.fault(Fault::from_text("hang").unwrap()).await.unwrap();
    let mut hanging = Raw::new(address).patience(1);
    assert_eq!(hanging.send(&booking()).end, End::Silence);
    drop(fake);
    assert!(TcpStream::connect(address).is_err());
    // The port is free at once, although connections were open.
    let again = AimFake::builder().address(address).start().await.unwrap();
    assert_eq!(send(address, &booking()).status(), 200);
    drop(again);
    assert!(idle.is_closed() || idle.send(&booking()).end != End::Whole);
}

#[tokio::test]
async fn dropping_it_with_a_closed_listener_frees_the_port() {
    let fake = AimFake::start().await.unwrap();
    let fault = "connection_refused,milliseconds=3600000";
    fake.fault(Fault::from_text(fault).unwrap()).await.unwrap();
    let address = fake.address();
    drop(fake);
    TcpListener::bind(address).unwrap();
}

/// A leftover thread or task would hold the port.
#[tokio::test]
async fn a_thousand_of_them_leave_nothing_behind() {
    let mut ports: Vec<SocketAddr> = Vec::new();
    for _ in 0..1000 {
        let fake = AimFake::start().await.unwrap();
        ports.push(fake.address());
    }
    #[cfg(target_os = "linux")]
    {
        // Other tests of this file run a few of them at the same time.
        let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
        assert!(threads < 200, "{threads}");
    }
    let free = ports
        .iter()
        .filter(|port| TcpListener::bind(port).is_ok())
        .count();
    assert!(free > 900, "{free}");
}
