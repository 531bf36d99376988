//! Printing a syntax tree as well laid out source (RFC 5228 section 8), which parses to the same tree again.

use std::fmt::Write as _;

use crate::ast::{Argument, Block, Command, Test, Tests, Value};

const INDENT: &str = "    ";
const WIDTH: usize = 100;

/// The source of a script: LF line ends, four blanks of indent, lines of test lists broken at 100 columns.
///
/// What parses back is the same tree, given names and tags that are identifiers, strings without NUL, lists that
/// are not empty, and nesting within the limits.
pub fn print(script: &Block) -> String {
    let mut out = String::new();
    print_block(&mut out, script, 0);
    out
}

fn print_block(out: &mut String, block: &Block, depth: usize) {
    let mut previous: Option<&Command> = None;
    for command in &block.commands {
        print_gap(out, previous, command, depth);
        print_command(out, command, depth);
        previous = Some(command);
    }
    if previous.is_some() {
        out.push('\n');
    }
    print_comments(out, &block.comments, depth);
}

fn print_gap(out: &mut String, previous: Option<&Command>, command: &Command, depth: usize) {
    match previous {
        Some(before) if continues(before, command) => return out.push(' '),
        Some(before) if is_apart(before, command) => out.push_str("\n\n"),
        Some(_) => out.push('\n'),
        None => {}
    }
    print_comments(out, &command.comments, depth);
    indent(out, depth);
}

/// `} else {` stays on one line, unless a comment stands between.
fn continues(before: &Command, command: &Command) -> bool {
    let is_branch = ["elsif", "else"]
        .iter()
        .any(|name| command.name.eq_ignore_ascii_case(name));
    is_branch && before.block.is_some() && command.comments.is_empty()
}

fn is_apart(before: &Command, command: &Command) -> bool {
    let is_require = |command: &Command| command.name.eq_ignore_ascii_case("require");
    !command.comments.is_empty()
        || before.block.is_some()
        || (is_require(before) && !is_require(command))
}

fn print_comments(out: &mut String, comments: &[String], depth: usize) {
    for line in comments.iter().flat_map(|text| text.split('\n')) {
        indent(out, depth);
        let line = line.trim_end_matches('\r');
        out.push('#');
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str(INDENT);
    }
}

fn print_command(out: &mut String, command: &Command, depth: usize) {
    out.push_str(&command.name);
    print_arguments(out, &command.arguments);
    print_tests(out, &command.tests, depth, Form::Fitting);
    match &command.block {
        None => out.push(';'),
        Some(block) => {
            out.push_str(" {\n");
            print_block(out, block, depth + 1);
            indent(out, depth);
            out.push('}');
        }
    }
}

/// Whether a list of tests may take several lines.
#[derive(Clone, Copy)]
enum Form {
    Fitting,
    OneLine,
}

fn print_tests(out: &mut String, tests: &Tests, depth: usize, form: Form) {
    match tests {
        Tests::None => {}
        Tests::One(test) => {
            out.push(' ');
            print_test(out, test, depth, form);
        }
        Tests::List(list) => print_list(out, list, depth, form),
    }
}

fn print_test(out: &mut String, test: &Test, depth: usize, form: Form) {
    out.push_str(&test.name);
    print_arguments(out, &test.arguments);
    print_tests(out, &test.tests, depth, form);
}

fn print_list(out: &mut String, list: &[Test], depth: usize, form: Form) {
    let mut line = String::from("(");
    for (index, test) in list.iter().enumerate() {
        if index > 0 {
            line.push_str(", ");
        }
        print_test(&mut line, test, depth, Form::OneLine);
    }
    line.push(')');
    let column = out.len() - out.rfind('\n').map_or(0, |newline| newline + 1);
    let fits = column + line.chars().count() + 2 <= WIDTH && !line.contains('\n');
    match form {
        Form::Fitting if !fits => print_list_in_lines(out, list, depth),
        Form::Fitting | Form::OneLine => out.push_str(&line),
    }
}

fn print_list_in_lines(out: &mut String, list: &[Test], depth: usize) {
    out.push_str("(\n");
    for (index, test) in list.iter().enumerate() {
        if index > 0 {
            out.push_str(",\n");
        }
        indent(out, depth + 1);
        print_test(out, test, depth + 1, Form::Fitting);
    }
    out.push(')');
}

fn print_arguments(out: &mut String, arguments: &[Argument]) {
    for argument in arguments {
        out.push(' ');
        match &argument.value {
            Value::Tag(name) => {
                out.push(':');
                out.push_str(name);
            }
            Value::Number(number) => print_number(out, *number),
            Value::Strings(strings) => print_strings(out, strings),
        }
    }
}

fn print_number(out: &mut String, number: u64) {
    let (shift, unit) = match number.trailing_zeros() {
        _ if number == 0 => (0, ""),
        30.. => (30, "G"),
        20.. => (20, "M"),
        10.. => (10, "K"),
        _ => (0, ""),
    };
    // Writing to a String does not fail.
    let _ = write!(out, "{}{unit}", number >> shift);
}

fn print_strings(out: &mut String, strings: &[String]) {
    if let [string] = strings {
        return print_string(out, string);
    }
    out.push('[');
    for (index, string) in strings.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        print_string(out, string);
    }
    out.push(']');
}

fn print_string(out: &mut String, string: &str) {
    if string.ends_with('\n') {
        return print_multi_line(out, string);
    }
    out.push('"');
    for character in string.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

fn print_multi_line(out: &mut String, string: &str) {
    out.push_str("text:\n");
    for line in string.split_inclusive('\n') {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
    }
    out.push_str(".\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_script_reads_well() {
        let from_contact = Test::allof(vec![
            Test::new("header")
                .tag(":is")
                .string("X-ME-Cal-Method")
                .string("request"),
            Test::new("header")
                .tag(":list")
                .string("X-ME-Cal-Sender")
                .string(":addrbook:default"),
        ]);
        let add = Command::new("notify")
            .tag(":options")
            .string("calendarId=0a1b")
            .string("addcal");
        let script = Block::new()
            .command(Command::require([
                "enotify", "extlists", "fileinto", "mailbox",
            ]))
            .command(
                Command::when(
                    Test::exists(["X-ME-Cal-Method"]),
                    vec![
                        Command::new("notify").string("updatecal"),
                        Command::when(from_contact, vec![add]),
                    ],
                )
                .comment("Made from your calendar preferences."),
            );
        let expected = r#"require ["enotify", "extlists", "fileinto", "mailbox"];

# Made from your calendar preferences.
if exists "X-ME-Cal-Method" {
    notify "updatecal";
    if allof(
        header :is "X-ME-Cal-Method" "request",
        header :list "X-ME-Cal-Sender" ":addrbook:default") {
        notify :options "calendarId=0a1b" "addcal";
    }
}
"#;
        assert_eq!(print(&script), expected);
    }

    #[test]
    fn branches_strings_and_numbers() {
        let script = Block::new()
            .command(Command::when(
                Test::new("size").tag("over").number(3 << 20),
                Block::new(),
            ))
            .command(Command::otherwise(vec![
                Command::new("set").string("a").string("x\n.y\n"),
                Command::new("fileinto").string("say \"\\\""),
            ]))
            .comment("end");
        let expected = "if size :over 3M {\n} else {\n    set \"a\" text:\nx\n..y\n.\n;\n    \
                        fileinto \"say \\\"\\\\\\\"\";\n}\n# end\n";
        assert_eq!(print(&script), expected);
    }
}
