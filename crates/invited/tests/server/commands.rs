//! Commands as a person meets them: one clear line for every error, the right exit status.

use super::harness::{Invitation, Site};

const ALICE: &str = "alice@example.org";

#[test]
fn misuse_is_status_2_and_one_line() {
    let site = Site::new("");
    for (arguments, said) in [
        (&["account", "add"][..], "ADDRESS"),
        (&["nonsense"], "nonsense"),
        (&[], "a command is missing"),
        (&["queue"], "a command is missing"),
        (
            &["account", "add", "not an address", "--password-stdin"],
            "alice@example.org",
        ),
        (
            &["preferences", "set", ALICE, "colour", "red"],
            "invitation-folder",
        ),
        (
            &["preferences", "set", ALICE, "invitations", "friends"],
            "contacts-and-own-domain",
        ),
    ] {
        let (status, error) = site.fails(arguments);
        assert_eq!(status, 2, "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn failures_are_status_1_and_say_how_to_mend() {
    let site = Site::new("");
    for (arguments, said) in [
        (
            &["calendar", "show", "nobody@example.org"][..],
            "invited account list",
        ),
        (
            &["contacts", "import", ALICE, "/nonexistent.vcf"],
            "/nonexistent.vcf",
        ),
        (
            &["check", "/nonexistent.eml", "--account", ALICE],
            "/nonexistent.eml",
        ),
        (&["queue", "retry", "0000"], "invited queue list"),
    ] {
        let (status, error) = site.fails(arguments);
        assert_eq!(status, 1, "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn a_taken_port_is_one_line() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let site = Site::new("");
    let path = site.path().join("invited.toml");
    let config = std::fs::read_to_string(&path)
        .unwrap()
        .replace("127.0.0.1:0", &address);
    std::fs::write(&path, config).unwrap();
    let (status, error) = site.fails(&["serve"]);
    assert_eq!(status, 1);
    assert!(
        error.contains(&address) && error.contains("lmtp.listen"),
        "{error}"
    );
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let mut site = Site::new("");
    site.start();
    let (status, error) = site.fails(&["serve"]);
    assert_eq!(status, 1);
    assert!(error.contains("another"), "{error}");
}

#[test]
fn a_damaged_database_is_one_line() {
    let site = Site::new("");
    let data = site.path().join("data");
    for leftover in ["invited.db-wal", "invited.db-shm"] {
        let _ = std::fs::remove_file(data.join(leftover));
    }
    std::fs::write(data.join("invited.db"), vec![b'x'; 8192]).unwrap();
    for arguments in [&["serve"][..], &["account", "list"]] {
        let (status, error) = site.fails(arguments);
        assert_eq!(status, 1);
        assert!(error.contains("invited.db"), "{error}");
    }
}

#[test]
fn a_missing_database_is_not_made_anew_beside_mail() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], "Subject: x\n\ny\n");
    site.stop();
    for entry in std::fs::read_dir(site.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("invited.db") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let (status, error) = site.fails(&["account", "list"]);
    assert_eq!(status, 1);
    assert!(error.contains("invited.db is missing"), "{error}");
}

#[test]
fn a_limit_on_file_sizes_is_a_refusal_and_no_end() {
    let mut site = Site::new("");
    site.limit_file_size(2 << 20);
    site.start();
    let mail = format!("Subject: x\n\n{}\n", "x\n".repeat(2 << 20));
    let replies = site.deliver(&[ALICE], &mail);
    assert!(replies[0].starts_with("452 "), "{replies:?}");
    site.settle(&[ALICE], "Subject: small\n\nx\n");
    assert_eq!(site.mails(ALICE, "").len(), 1);
}

#[test]
fn a_folder_that_cannot_be_made_is_one_line() {
    let site = Site::empty("");
    std::fs::write(site.path().join("data"), "a file").unwrap();
    let (status, error) = site.fails(&["serve"]);
    assert_eq!(status, 1);
    assert!(error.contains("server.data_dir"), "{error}");
}

#[test]
fn a_wrong_configuration_is_one_line() {
    let site = Site::empty("[delivery]\nmode = \"lmtp\"");
    let (status, error) = site.fails(&["config", "check"]);
    assert_eq!(status, 1);
    assert!(error.contains("delivery.mode"), "{error}");
    let site = Site::empty("[limits]\nunanswred = 3");
    let (_, error) = site.fails(&["serve"]);
    assert!(error.contains("unanswered"), "{error}");
}

#[test]
fn the_configuration_warns_of_forgery() {
    let site = Site::empty("");
    assert!(site.ok(&["config", "check"]).contains("authserv_ids"));
    let site = Site::empty("[trust]\nauthserv_ids = [\"mx.example.org\"]");
    assert_eq!(
        site.ok(&["config", "check"]),
        "the configuration is right\n"
    );
}

#[test]
fn accounts_come_and_go() {
    let site = Site::new("");
    let list = site.ok(&["account", "list"]);
    assert!(
        list.contains(ALICE) && list.contains("al@example.org"),
        "{list}"
    );
    let output = site.run(
        &["account", "add", "AL@EXAMPLE.ORG", "--password-stdin"],
        "x\n",
    );
    assert_eq!(output.status.code(), Some(1));
    site.ok_with(
        &["account", "password", "c@example.org", "--password-stdin"],
        "new\n",
    );
    site.ok(&["account", "remove", "c@example.org"]);
    assert!(!site.ok(&["account", "list"]).contains("carol"));
}

#[test]
fn an_exported_calendar_can_be_imported() {
    let mut site = Site::new("");
    site.start();
    site.settle(&[ALICE], &Invitation::default().mail());
    let calendar = site.calendar(ALICE);
    let file = site.write("calendar.ics", &calendar);
    site.ok(&["calendar", "import", "carol@example.org", &file]);
    assert_eq!(site.calendar("carol@example.org"), calendar);
    assert!(
        site.ok(&["calendar", "show", "carol@example.org"])
            .contains("Lunch")
    );
}

#[test]
fn check_changes_nothing_and_says_why() {
    let site = Site::new("");
    let file = site.write("mail.eml", Invitation::default().mail());
    let said = site.ok(&["check", &file, "--account", ALICE]);
    for part in [
        "REQUEST of lunch@example.com",
        "bob@example.com (unverified)",
        "added",
        "Lunch",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(site.decisions(ALICE).is_empty());
    assert!(!site.calendar(ALICE).contains("VEVENT"));
    assert!(site.mails(ALICE, "").is_empty());
}

#[test]
fn the_demo_is_as_it_should_be() {
    let site = Site::empty("");
    let output = site.command(&["demo", "--once"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Every line is as it should be."), "{said}");
}

#[test]
fn a_calendar_says_whether_it_sends_invitations() {
    let site = Site::new("");
    let set = |calendar: &str, switch: &str| {
        let option = format!("--send-invitations={switch}");
        site.run(&["calendar", "set", ALICE, calendar, &option], "")
    };
    let shown = || site.ok(&["calendar", "show", ALICE]);
    let first = shown();
    let name = first.split(" (id ").next().unwrap();
    assert!(!first.contains("sends no invitations"), "{first}");
    assert!(set(name, "off").status.success());
    assert!(shown().contains("the default calendar, sends no invitations)"));
    assert!(set(name, "on").status.success());
    assert_eq!(shown(), first);
    assert_eq!(set("Nowhere", "off").status.code(), Some(1));
    assert_eq!(set(name, "perhaps").status.code(), Some(2));
}
