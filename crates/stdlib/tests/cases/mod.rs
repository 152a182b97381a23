//! One list of calls: what each function comes to, and how it fails.

use foxvm::Fault;

use crate::support::{Arg, float, int, json, text};

/// A call and what it comes to, as JSON (bytes as digits).
pub struct Good(pub &'static str, pub Vec<Arg>, pub &'static str);

/// A call, its fault, and a part of its message.
pub struct Bad(pub &'static str, pub Vec<Arg>, pub Fault, pub &'static str);

fn t(text_: &str) -> Arg {
    text(text_)
}

/// Calls that succeed. Paths are relative to a folder that holds `a.txt` (`hello`) and an empty folder `sub`.
pub fn good() -> Vec<Good> {
    let mut all = Vec::new();
    let mut add = |name, args: Vec<Arg>, shown| all.push(Good(name, args, shown));
    add("console.write", vec![t("x")], "null");
    add("console.write_line", vec![t("x")], "null");
    add("console.error", vec![t("x")], "null");
    add("console.read_line", vec![], "\"one\"");
    add("console.read_line", vec![], "\"two\"");
    add("console.read_line", vec![], "\"\"");
    add("console.read_line", vec![], "\"last\"");
    add("console.read_line", vec![], "null");

    add("math.pi", vec![], "3.141592653589793");
    add("math.e", vec![], "2.718281828459045");
    add("math.tau", vec![], "6.283185307179586");
    add("math.sin", vec![int(0)], "0.0");
    add("math.cos", vec![float(0.0)], "1.0");
    add("math.tan", vec![int(0)], "0.0");
    add("math.asin", vec![int(1)], "1.5707963267948966");
    add("math.acos", vec![int(1)], "0.0");
    add("math.atan", vec![int(0)], "0.0");
    add("math.sinh", vec![int(0)], "0.0");
    add("math.cosh", vec![int(0)], "1.0");
    add("math.tanh", vec![int(0)], "0.0");
    add("math.atan2", vec![int(1), int(0)], "1.5707963267948966");
    add("math.exp", vec![int(0)], "1.0");
    add("math.ln", vec![int(1)], "0.0");
    add("math.log", vec![int(8), int(2)], "3.0");
    add("math.log10", vec![int(1000)], "3.0");
    add("math.log2", vec![json("18446744073709551615")], "64.0");
    add("math.sqrt", vec![int(16)], "4.0");
    add("math.cbrt", vec![int(-27)], "-3.0");
    add("math.hypot", vec![int(3), int(4)], "5.0");
    add("math.floor", vec![float(-2.5)], "-3.0");
    add("math.floor", vec![int(7)], "7");
    add("math.ceil", vec![float(-2.5)], "-2.0");
    add("math.round", vec![float(2.5)], "3.0");
    add("math.round", vec![float(-2.5)], "-3.0");
    add("math.round_even", vec![float(2.5)], "2.0");
    add("math.trunc", vec![float(-2.9)], "-2.0");
    add("math.min", vec![int(3), float(2.5)], "2.5");
    add("math.max", vec![int(3), float(2.5)], "3");
    add("math.clamp", vec![int(9), int(1), int(5)], "5");
    add("math.clamp", vec![int(-9), int(1), int(5)], "1");
    add("math.clamp", vec![int(3), int(1), int(5)], "3");
    add("math.gcd", vec![int(-12), float(18.0)], "6");
    add("math.gcd", vec![int(0), int(0)], "0");
    add(
        "math.gcd",
        vec![int(i64::MIN), int(0)],
        "9223372036854775808",
    );

    add("random.float", vec![], "0.05536043647833311");
    add("random.seed", vec![int(1)], "null");
    add("random.int", vec![int(5), int(5)], "5");

    add("text.length", vec![t("狐x🦊")], "3");
    add("text.trim", vec![t("  a b\t\n")], "\"a b\"");
    add("text.trim_start", vec![t("  a ")], "\"a \"");
    add("text.trim_end", vec![t(" a  ")], "\" a\"");
    add("text.pad_start", vec![t("7"), int(3), t("0")], "\"007\"");
    add("text.pad_end", vec![t("狐"), int(3), t("狸")], "\"狐狸狸\"");
    add("text.pad_both", vec![t("x"), int(4), t("-")], "\"-x--\"");
    add("text.pad_both", vec![t("long"), int(2), t("-")], "\"long\"");
    add(
        "text.replace",
        vec![t("aXbX"), t("X"), t("狐")],
        "\"a狐b狐\"",
    );
    add("text.find", vec![t("狐x狐x"), t("x")], "1");
    add("text.find", vec![t("abc"), t("z")], "-1");
    add("text.find_last", vec![t("狐x狐x"), t("x")], "3");
    add("text.find_last", vec![t("abc"), t("")], "3");
    add("text.count", vec![t("aaaa"), t("aa")], "2");
    add("text.contains", vec![t("abc"), t("bc")], "true");
    add("text.starts", vec![t("abc"), t("bc")], "false");
    add("text.ends", vec![t("abc"), t("bc")], "true");
    add("text.slice", vec![t("a狐b"), int(1), int(3)], "\"狐b\"");
    add("text.slice", vec![t("abc"), int(3), int(3)], "\"\"");
    add("text.lower", vec![t("ÄBC")], "\"äbc\"");
    add("text.upper", vec![t("straße")], "\"STRASSE\"");
    add("text.repeat", vec![t("ab"), int(3)], "\"ababab\"");
    add("text.repeat", vec![t(""), int(i64::MAX)], "\"\"");
    add("text.reverse", vec![t("a狐")], "\"狐a\"");
    add(
        "text.split",
        vec![t("a,b,,c"), t(",")],
        r#"["a","b","","c"]"#,
    );
    add("text.words", vec![t(" a  b\n")], r#"["a","b"]"#);
    add("text.words", vec![t("")], "[]");
    add("text.lines", vec![t("a\r\nb\n\nc")], r#"["a","b","","c"]"#);
    add("text.scalars", vec![t("a狐")], r#"["a","狐"]"#);
    add(
        "text.join",
        vec![json(r#"["a","b","c"]"#), t("-")],
        "\"a-b-c\"",
    );
    add("text.join", vec![json("[]"), t("-")], "\"\"");
    add("text.codes", vec![t("a狐")], "[97,29392]");
    add("text.of_codes", vec![json("[97,29392.0]")], "\"a狐\"");
    add("text.bytes", vec![t("a狐")], "61e78b90");
    add("text.of_bytes", vec![Arg::Bytes(vec![0x61])], "\"a\"");

    add("text.find_from", vec![t("狐a狐a"), t("a"), int(2)], "3");
    add("text.find_from", vec![t("ab"), t("a"), int(1)], "-1");
    add("text.insert", vec![t("狐b"), int(1), t("x")], "\"狐xb\"");
    add("text.insert", vec![t("ab"), int(2), t("c")], "\"abc\"");
    add("text.remove", vec![t("a狐bc"), int(1), int(2)], "\"ac\"");
    add(
        "text.split_any",
        vec![t("a,b;;c"), t(";,")],
        r#"["a","b","","c"]"#,
    );
    add(
        "text.split_any",
        vec![t("a b\tc"), t("")],
        r#"["a","b","c"]"#,
    );
    add("text.to_chars", vec![t("a狐")], r#"["a","狐"]"#);
    add("text.of_chars", vec![json(r#"["a","狐b"]"#)], "\"a狐b\"");
    add(
        "text.format",
        vec![t("%d|%5.1f|%f|%s|%%"), json(r#"[7,2.25,0.1,"x"]"#)],
        "\"7|  2.2|0.1|x|%\"",
    );
    add("text.format", vec![t("plain"), json("[]")], "\"plain\"");

    for (name, scalar, shown) in [
        ("char.is_digit", "7", "true"),
        ("char.is_digit", "x", "false"),
        ("char.is_letter", "狐", "true"),
        ("char.is_letter", "7", "false"),
        ("char.is_letter_or_digit", "_", "false"),
        ("char.is_letter_or_digit", "7", "true"),
        ("char.is_white_space", "\t", "true"),
        ("char.is_white_space", "x", "false"),
        ("char.is_upper", "Ä", "true"),
        ("char.is_upper", "ä", "false"),
        ("char.is_lower", "ä", "true"),
        ("char.is_lower", "Ä", "false"),
        ("char.to_upper", "ä", "\"Ä\""),
        ("char.to_lower", "Ä", "\"ä\""),
    ] {
        add(name, vec![t(scalar)], shown);
    }
    add("parse.int", vec![t(" -0x1F ")], "-31");
    add("parse.int_in", vec![t("255"), int(0), int(255)], "255");
    add("parse.uint64", vec![t("18446744073709551615")], "-1");
    add("parse.float", vec![t(" 1e3 ")], "1000.0");
    add("parse.bool", vec![t(" True")], "true");
    add("parse.is_int", vec![t("12")], "true");
    add("parse.is_int", vec![t("12x")], "false");
    add("parse.is_float", vec![t("1.5")], "true");
    add("parse.is_float", vec![t("1,5")], "false");
    add("parse.is_bool", vec![t("FALSE")], "true");
    add("parse.is_bool", vec![t("no")], "false");

    add("regex.check", vec![t("a+")], "null");
    add("regex.spans", vec![t("狐1 22"), t(r"\d+")], "[1,2,3,5]");
    add("regex.spans", vec![t("x"), t(r"\d+")], "[]");
    add(
        "regex.groups",
        vec![t("a=1 b=2"), t(r"(\w)=(\d)(z)?"), int(2)],
        r#"["b=2","b","2",""]"#,
    );
    add("regex.groups", vec![t("a"), t("z"), int(1)], "[]");

    add("regex.matches", vec![t("abc123"), t(r"^\w+\d$")], "true");
    add(
        "regex.find",
        vec![t("狐 key=7"), t(r"(?<name>\w+)=(\d)(z)?")],
        r#"{"text":"key=7","start":2,"end":7,"groups":["key","7",null],"names":{"name":"key"}}"#,
    );
    add("regex.find", vec![t("abc"), t("z")], "null");
    add(
        "regex.find_all",
        vec![t("a1 狐2"), t(r"\d")],
        r#"[{"text":"1","start":1,"end":2,"groups":[],"names":{}},{"text":"2","start":4,"end":5,"groups":[],"names":{}}]"#,
    );
    add(
        "regex.find_all",
        vec![t("ab"), t("")],
        r#"[{"text":"","start":0,"end":0,"groups":[],"names":{}},{"text":"","start":1,"end":1,"groups":[],"names":{}},{"text":"","start":2,"end":2,"groups":[],"names":{}}]"#,
    );
    add(
        "regex.replace",
        vec![t("a1b22"), t(r"(\d+)"), t("<$1$$>")],
        "\"a<1$>b<22$>\"",
    );
    add(
        "regex.split",
        vec![t("a1b22c"), t(r"\d+")],
        r#"["a","b","c"]"#,
    );
    add("regex.escape", vec![t("a.b")], r#""a\\.b""#);

    add(
        "json.parse",
        vec![t(r#" {"a":[1,2.5,null,true,"x\n"],"b":{}} "#)],
        r#"{"a":[1,2.5,null,true,"x\n"],"b":{}}"#,
    );
    add("json.parse", vec![t(r#"{"a":1,"a":2}"#)], r#"{"a":2}"#);
    add(
        "json.constant",
        vec![t(r#"{"a":[1,{}]}"#)],
        r#"{"a":[1,{}]}"#,
    );
    add(
        "json.parse",
        vec![t("18446744073709551615")],
        "18446744073709551615",
    );
    add(
        "json.write",
        vec![json(r#"["\u0001\"\\/\t狐",[],{}]"#)],
        r#""[\"\\u0001\\\"\\\\/\\t狐\",[],{}]""#,
    );
    add(
        "json.write",
        vec![Arg::Date(0)],
        r#""\"1970-01-01T00:00:00Z\"""#,
    );
    add(
        "json.write_pretty",
        vec![json(r#"{"a":[1,2],"b":[],"c":{}}"#), int(2)],
        r#""{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": [],\n  \"c\": {}\n}""#,
    );

    for (value, kind, count) in [
        ("null", "null", "-1"),
        ("true", "bool", "-1"),
        ("7", "int", "-1"),
        ("7.5", "float", "-1"),
        ("\"x\"", "string", "-1"),
        ("[1,2]", "array", "2"),
        ("{}", "object", "0"),
        (r#"{"a":1}"#, "object", "1"),
    ] {
        let shown: &'static str = match kind {
            "null" => "\"null\"",
            "bool" => "\"bool\"",
            "int" => "\"int\"",
            "float" => "\"float\"",
            "string" => "\"string\"",
            "array" => "\"array\"",
            _ => "\"object\"",
        };
        add("json.kind", vec![json(value)], shown);
        add("json.count", vec![json(value)], count);
    }
    let object = || json(r#"{"b":[1],"a":null}"#);
    add("json.has", vec![object(), t("a")], "true");
    add("json.has", vec![object(), t("c")], "false");
    add("json.has", vec![json("[1]"), t("c")], "false");
    add("json.get", vec![object(), t("b")], "[1]");
    add("json.get", vec![object(), t("a")], "null");
    add("json.item", vec![json("[1,[2]]"), int(1)], "[2]");
    add("json.items", vec![json("[1,[2]]")], "[1,[2]]");
    add("json.items", vec![object()], "[[1],null]");
    add("json.names", vec![object()], r#"["b","a"]"#);
    add(
        "json.object",
        vec![json(r#"["b","a","b"]"#), json("[1,2,[3]]")],
        r#"{"b":[3],"a":2}"#,
    );
    add("json.array", vec![json("[1,{}]")], "[1,{}]");

    add("url.encode", vec![t("a b/ä~")], "\"a%20b%2F%C3%A4~\"");
    add("url.decode", vec![t("a%20b+%C3%a4")], "\"a b+ä\"");
    add("url.is_valid", vec![t("http://a.b/c")], "true");
    add("url.is_valid", vec![t("a.b/c")], "false");
    add(
        "url.part",
        vec![t("http://a.b:80/c?d#e"), t("port")],
        "\"80\"",
    );
    add("fusabi.message", vec![t("boom")], "\"boom\"");
    add("fiber.sleep", vec![int(1)], "null");
    add("fiber.waits", vec![], "true");
    add("time.milliseconds", vec![Arg::Date(-1)], "-1");

    add(
        "csv.parse",
        vec![t("a,b\n\"x,\"\"y\"\"\",2\n\nlonely\n"), t(",")],
        r#"[["a","b"],["x,\"y\"","2"],["lonely"]]"#,
    );
    add(
        "csv.write",
        vec![
            json(r#"[["a,b","say \"hi\"",1,2.5,true,null],[""],[]]"#),
            t(","),
        ],
        r#""\"a,b\",\"say \"\"hi\"\"\",1,2.5,true,\n\"\"\n\n""#,
    );

    add("base64.encode", vec![t("fox?>")], "\"Zm94Pz4=\"");
    add("base64.decode", vec![t("Zm94Pz4=")], "666f783f3e");
    add(
        "base64.encode_url",
        vec![Arg::Bytes(vec![0xfb, 0xff])],
        "\"-_8\"",
    );
    add("base64.decode_url", vec![t("-_8=")], "fbff");
    add("hex.encode", vec![Arg::Bytes(vec![0, 255])], "\"00ff\"");
    add("hex.decode", vec![t("00fF")], "00ff");
    add(
        "hash.sha256",
        vec![t("abc")],
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"",
    );
    add(
        "hash.sha512",
        vec![t("abc")],
        "\"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f\"",
    );
    add(
        "hash.sha1",
        vec![t("abc")],
        "\"a9993e364706816aba3e25717850c26c9cd0d89d\"",
    );
    add(
        "hash.blake3",
        vec![t("abc")],
        "\"6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85\"",
    );
    add(
        "hash.crc32",
        vec![Arg::Bytes(b"123456789".to_vec())],
        "3421780262",
    );

    add(
        "time.format",
        vec![Arg::Date(0), t("%Y-%m-%d %H:%M:%S %z"), t("Asia/Jakarta")],
        "\"1970-01-01 07:00:00 +0700\"",
    );
    add(
        "time.format",
        vec![Arg::Date(1_700_000_000_000_000_000), t("%A %j"), t("UTC")],
        "\"Tuesday 318\"",
    );
    add(
        "time.parse",
        vec![t("2024-02-29 12:30"), t("%Y-%m-%d %H:%M"), t("+07:00")],
        "\"2024-02-29T05:30:00Z\"",
    );
    add(
        "time.parse",
        vec![t("2024-02-29"), t("%Y-%m-%d"), t("UTC")],
        "\"2024-02-29T00:00:00Z\"",
    );
    add(
        "time.parse",
        vec![
            t("2024-02-29 01:00 -0100"),
            t("%Y-%m-%d %H:%M %z"),
            t("Asia/Tokyo"),
        ],
        "\"2024-02-29T02:00:00Z\"",
    );
    add(
        "time.iso",
        vec![Arg::Date(1_500_000_000)],
        "\"1970-01-01T00:00:01.5Z\"",
    );
    add(
        "time.of_iso",
        vec![t("2024-03-31T02:30:00+01:00")],
        "\"2024-03-31T01:30:00Z\"",
    );
    add(
        "time.of_parts",
        vec![
            json(r#"{"year":2024,"month":3,"day":31,"hour":2,"minute":30}"#),
            t("Europe/Berlin"),
        ],
        "\"2024-03-31T01:30:00Z\"",
    );
    add(
        "time.of_parts",
        vec![json(r#"{"year":2000}"#), t("utc")],
        "\"2000-01-01T00:00:00Z\"",
    );
    add("time.unix", vec![Arg::Date(-1)], "-1");
    add("time.of_unix", vec![int(1)], "\"1970-01-01T00:00:01Z\"");
    add("time.nanoseconds", vec![Arg::Span(5)], "5");

    add("files.read_text", vec![t("a.txt")], "\"hello\"");
    add("files.read_bytes", vec![t("./sub/../a.txt")], "68656c6c6f");
    add("files.write", vec![t("b.txt"), t("new")], "null");
    add(
        "files.append",
        vec![t("b.txt"), Arg::Bytes(vec![33])],
        "null",
    );
    add("files.read_text", vec![t("b.txt")], "\"new!\"");
    add("files.make_dir", vec![t("sub/deep/er")], "null");
    add("files.make_dir", vec![t("sub/deep/er")], "null");
    add("files.list", vec![t(".")], r#"["a.txt","b.txt","sub"]"#);
    add("files.remove", vec![t("b.txt")], "null");
    add("files.remove", vec![t("sub/deep/er")], "null");
    add("files.exists", vec![t("b.txt")], "false");
    add("files.exists", vec![t("a.txt/x")], "false");
    add("files.exists", vec![t("sub")], "true");

    add("env.args", vec![], r#"["first","zweites"]"#);
    add("env.get", vec![t("FOX_SURELY_NOT_SET")], "null");
    add("env.get", vec![t("=")], "null");
    all
}

/// Functions whose results differ from run to run, or that end the run: tested by themselves in `table.rs`.
pub const APART: [&str; 15] = [
    "exit",
    "fiber.start",
    "fiber.running",
    "fiber.cancel",
    "time.now",
    "time.monotonic",
    "time.parts",
    "time.offset",
    "time.duration",
    "time.of_milliseconds",
    "files.metadata",
    "slip.open",
    "slip.name",
    "slip.size",
    "slip.bytes",
];

/// Calls that fail, beside those with arguments of the wrong kind, which the table's test makes itself.
pub fn bad() -> Vec<Bad> {
    use Fault::{Bounds, Cancel, Conv, Host, Mem, Ovf, Range, Type};
    let mut all = Vec::new();
    let mut add = |name, args: Vec<Arg>, fault, message| all.push(Bad(name, args, fault, message));
    add("exit", vec![int(3)], Cancel, "the program ended itself");
    add(
        "exit",
        vec![int(256)],
        Range,
        "exit: an exit code lies between 0 and 255, not 256",
    );
    add(
        "fiber.sleep",
        vec![int(-1)],
        Range,
        "nobody sleeps for -1 milliseconds",
    );
    add(
        "math.clamp",
        vec![int(1), int(5), int(2)],
        Range,
        "the lower limit is above",
    );
    add("math.gcd", vec![int(1), float(0.5)], Range, "whole number");
    add(
        "math.gcd",
        vec![int(1), float(f64::NAN)],
        Range,
        "math.gcd: ",
    );
    add("random.int", vec![int(2), int(1)], Range, "2 is above 1");
    add(
        "text.insert",
        vec![t("a"), int(2), t("")],
        Bounds,
        "no place 2",
    );
    add(
        "text.remove",
        vec![t("ab"), int(1), int(2)],
        Bounds,
        "no place 2",
    );
    add(
        "text.find_from",
        vec![t("a"), t("a"), int(-1)],
        Bounds,
        "no place -1",
    );
    add("text.of_chars", vec![json("[1]")], Type, "no scalar");
    add(
        "text.format",
        vec![t("%d %d"), json("[1]")],
        Conv,
        "takes more",
    );
    add(
        "text.format",
        vec![t("%d"), json("[1,2]")],
        Conv,
        "takes fewer",
    );
    add(
        "text.format",
        vec![t("%d"), json("[\"x\"]")],
        Type,
        "expected an integer",
    );
    add("parse.int", vec![t("1.5")], Conv, "no integer");
    add(
        "parse.int",
        vec![t("9223372036854775808")],
        Ovf,
        "does not fit",
    );
    add(
        "parse.int_in",
        vec![t("256"), int(0), int(255)],
        Ovf,
        "between 0 and 255",
    );
    add("parse.uint64", vec![t("-1")], Ovf, "does not fit");
    add("parse.float", vec![t("x")], Conv, "no number");
    add("parse.bool", vec![t("yes")], Conv, "no truth value");
    add("regex.check", vec![t("(")], Conv, "the pattern is none");
    add(
        "regex.groups",
        vec![t("a"), t("a"), int(2)],
        Bounds,
        "no place 2",
    );
    add(
        "json.get",
        vec![json("{}"), t("a")],
        Fault::Key,
        "no name a",
    );
    add(
        "json.get",
        vec![json("[1]"), t("a")],
        Type,
        "expected an object",
    );
    add("json.item", vec![json("[1]"), int(1)], Bounds, "no value 1");
    add(
        "json.item",
        vec![json("7"), int(1)],
        Type,
        "expected an array",
    );
    add(
        "json.items",
        vec![json("7")],
        Type,
        "expected an array or object",
    );
    add("json.names", vec![json("[1]")], Type, "expected an object");
    add(
        "json.object",
        vec![json("[\"a\"]"), json("[]")],
        Range,
        "1 names and 0 values",
    );
    add("url.decode", vec![t("%4")], Conv, "two digits");
    add("url.decode", vec![t("%ff")], Conv, "no UTF-8");
    add("url.part", vec![t("x"), t("host")], Conv, "no absolute URL");
    add("url.part", vec![t("a:b"), t("x")], Range, "no part x");
    add(
        "text.pad_start",
        vec![t("x"), int(5), t("")],
        Range,
        "the filling is one scalar",
    );
    add(
        "text.pad_end",
        vec![t("x"), int(5), t("ab")],
        Range,
        "the filling is one scalar",
    );
    add(
        "text.pad_both",
        vec![t("x"), int(-1), t("a")],
        Range,
        "a width is not negative",
    );
    add(
        "text.pad_start",
        vec![t("x"), int(i64::MAX), t("狐")],
        Mem,
        "text.pad_start: the result would have more than",
    );
    add(
        "text.replace",
        vec![t("x"), t(""), t("")],
        Range,
        "nothing cannot be replaced",
    );
    add(
        "text.count",
        vec![t("x"), t("")],
        Range,
        "nothing cannot be counted",
    );
    add(
        "text.slice",
        vec![t("abc"), int(2), int(1)],
        Bounds,
        "from 2 to 1",
    );
    add(
        "text.slice",
        vec![t("abc"), int(0), int(4)],
        Bounds,
        "from 0 to 4",
    );
    add(
        "text.slice",
        vec![t("abc"), int(-1), int(1)],
        Bounds,
        "from -1 to 1",
    );
    add("text.repeat", vec![t("x"), int(-1)], Range, "below 0 times");
    add(
        "text.repeat",
        vec![t("xx"), int(i64::MAX)],
        Mem,
        "the result would have more than",
    );
    add(
        "text.split",
        vec![t("x"), t("")],
        Range,
        "the separator is empty",
    );
    add(
        "text.join",
        vec![json("[1]"), t("")],
        Type,
        "element 1 of the list is no text",
    );
    add(
        "text.join",
        vec![json("[[]]"), t("")],
        Range,
        "nested more than 1 deep",
    );
    add(
        "text.of_codes",
        vec![json("[55296]")],
        Range,
        "no scalar has the number 55296",
    );
    add("text.of_codes", vec![json("[\"x\"]")], Type, "no number");
    add(
        "text.of_bytes",
        vec![Arg::Bytes(vec![65, 255])],
        Conv,
        "byte 1 is no UTF-8",
    );
    for name in [
        "regex.matches",
        "regex.find",
        "regex.find_all",
        "regex.split",
    ] {
        add(
            name,
            vec![t("x"), t("(")],
            Conv,
            "the pattern is none: unclosed group",
        );
    }
    add(
        "regex.replace",
        vec![t("x"), t("a{2,1}"), t("")],
        Conv,
        "the pattern is none",
    );
    add(
        "regex.matches",
        vec![t("x"), t(r"\w{500}{50}")],
        Range,
        "too large when it is compiled",
    );
    add(
        "regex.matches",
        vec![t("x"), text("a".repeat(5000))],
        Range,
        "at most 4096 bytes",
    );
    add(
        "json.parse",
        vec![t("{\"a\":\n [1,]}")],
        Conv,
        "json.parse: line 2, column 5: ",
    );
    add("json.parse", vec![t("")], Conv, "line 1, column 0: EOF");
    add(
        "json.parse",
        vec![t("1 2")],
        Conv,
        "line 1, column 3: trailing characters",
    );
    add("json.parse", vec![t("1e999")], Conv, "number out of range");
    add(
        "json.constant",
        vec![t("[1")],
        Conv,
        "line 1, column 2: EOF",
    );
    add(
        "json.parse",
        vec![text("[".repeat(100_000))],
        Conv,
        "recursion limit exceeded",
    );
    add("json.write", vec![float(f64::NAN)], Range, "not finite");
    add(
        "json.write",
        vec![Arg::Bytes(vec![1])],
        Type,
        "bytes have no form in JSON",
    );
    add(
        "json.write",
        vec![Arg::Span(1)],
        Type,
        "a duration has no form",
    );
    add(
        "json.write_pretty",
        vec![int(1), int(17)],
        Range,
        "0 to 16 blanks",
    );
    add(
        "csv.parse",
        vec![t("x"), t("\"")],
        Range,
        "the separator is one ASCII scalar",
    );
    add(
        "csv.write",
        vec![json("[]"), t("ab")],
        Range,
        "the separator is one ASCII scalar",
    );
    add(
        "csv.write",
        vec![json("[1]"), t(",")],
        Type,
        "row 1 is no list",
    );
    add(
        "csv.write",
        vec![json("[[1,{}]]"), t(",")],
        Range,
        "nested more than 2 deep",
    );
    add(
        "csv.write",
        vec![int(1), t(",")],
        Type,
        "expected a list of rows, found int",
    );
    add("base64.decode", vec![t("Zm9")], Conv, "base64.decode: ");
    add(
        "base64.decode_url",
        vec![t("+")],
        Conv,
        "base64.decode_url: ",
    );
    add("hex.decode", vec![t("abc")], Conv, "one is missing");
    add(
        "hex.decode",
        vec![t("00zz")],
        Conv,
        "no hexadecimal digits at place 2",
    );
    add(
        "time.format",
        vec![Arg::Date(0), t("%"), t("UTC")],
        Conv,
        "time.format: ",
    );
    add(
        "time.format",
        vec![Arg::Date(0), t("%Y"), t("Mars/Olympus")],
        Range,
        "there is no time zone Mars/Olympus",
    );
    add(
        "time.format",
        vec![Arg::Date(0), text("%c".repeat(600)), t("UTC")],
        Range,
        "at most 1024 bytes",
    );
    add(
        "time.parse",
        vec![t("x"), t("%Y"), t("UTC")],
        Conv,
        "time.parse: ",
    );
    add(
        "time.parse",
        vec![t("1000-01-01"), t("%Y-%m-%d"), t("UTC")],
        Range,
        "outside the years 1677 to 2262",
    );
    add("time.of_iso", vec![t("yesterday")], Conv, "time.of_iso: ");
    add(
        "time.parts",
        vec![Arg::Date(0), t("+99:00")],
        Range,
        "there is no time zone",
    );
    add(
        "time.of_parts",
        vec![json("{}"), t("UTC")],
        Type,
        "the parts have no year",
    );
    add(
        "time.of_parts",
        vec![json(r#"{"year":2023,"month":2,"day":29}"#), t("UTC")],
        Range,
        "time.of_parts: ",
    );
    add(
        "time.of_parts",
        vec![json(r#"{"year":2023,"month":13}"#), t("UTC")],
        Range,
        "month lies between 1 and 12, not 13",
    );
    add(
        "time.offset",
        vec![Arg::Date(0), t("")],
        Range,
        "there is no time zone",
    );
    add(
        "time.of_unix",
        vec![int(i64::MAX)],
        Range,
        "outside the years",
    );
    for name in [
        "files.read_text",
        "files.read_bytes",
        "files.list",
        "files.metadata",
        "files.remove",
    ] {
        add(
            name,
            vec![t("nothing")],
            Host,
            "nothing: No such file or directory",
        );
        add(name, vec![t("")], Range, "a path has 1 to 4096 bytes");
        add(name, vec![t("a\0b")], Range, "a path has 1 to 4096 bytes");
    }
    add(
        "files.read_text",
        vec![t("sub")],
        Host,
        "sub: is a directory",
    );
    add(
        "files.remove",
        vec![t("full")],
        Host,
        "full: Directory not empty",
    );
    add(
        "files.write",
        vec![t("nothing/x"), t("")],
        Host,
        "No such file or directory",
    );
    add("files.write", vec![t(".."), t("")], Host, "is a directory");
    add(
        "files.append",
        vec![t("sub"), t("")],
        Host,
        "sub: is a directory",
    );
    add(
        "files.make_dir",
        vec![t("a.txt/x")],
        Host,
        "a.txt/x: Not a directory",
    );
    all
}
