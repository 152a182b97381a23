//! Programs: what they print, how they end, their limits.

use crate::harness::*;

#[test]
fn the_console_prints_and_returns() {
    let place = Place::new("console");
    place.file(
        "a.rh",
        "log('hi'; 1; [1; 2]; yes)\nm .= [a .. 5; f .. [] !> !@console\\log('in a map'; !\\a)]\nm\\f\n\
         console\\write('x'; 2)\nconsole\\error('oops')\nlog('y') ++ 'z'\n",
    );
    let ended = place.rhi(&["-last-value", "a.rh"]);
    assert_eq!(ended.out, "hi 1 [1; 2] yes\nin a map 5\nx 2y\n=> 'yz'\n");
    assert_eq!((ended.err.as_str(), ended.code), ("oops\n", 0));
    let fox = ended_of_fox(&place, &["run", "a.rh"]);
    assert_eq!(fox.out, "hi 1 [1; 2] yes\nin a map 5\nx 2y\n");
}

/// Rulings B55 (the summary is the same for every language) and B56 (the greatest random integer is one of them).
#[test]
fn summaries_are_the_same_everywhere_and_random_ranges_have_both_ends() {
    let place = Place::new("both-ends");
    place.file(
        "a.rh",
        "m := {!|math|-}\nseen := []\ni := 0\ni << 200 |> (i := i ++ 1; seen[m\\int(1; 2)] := 5)\nseen %= [5; 5]\n",
    );
    for lang in ["en-US", "id-ID"] {
        let ended = place.rhi(&["-test", "-lang", lang, "--allow", "random", "a.rh"]);
        assert!(
            ended.out.ends_with("\n1 passed, 0 failed\n"),
            "{}",
            ended.out
        );
    }
}

#[test]
fn the_world_map_does_not_lend_its_subfields_fields() {
    let place = Place::new("world");
    place.file(
        "a.rh",
        "m := []\nm\\log %= ___\nm =\\ 'log' %= no\n[error] ^= m\nerror %= ___\nm@console[?] %= no\n",
    );
    let ended = place.rhi(&["-test", "a.rh"]);
    assert!(ended.out.ends_with("4 passed, 0 failed\n"), "{}", ended.out);
}

#[test]
fn ends_have_their_codes() {
    let place = Place::new("codes");
    place.file("ok.rh", "1");
    place.file("panic.rh", "f .= [] -> ***('no way')\nf()\n");
    place.file("syntax.rh", "x := (1\n");
    place.file("loop.rh", "x := 0\nyes |> (x := x ++ 1)\n");
    place.file("exit.rh", "s .= {!|system|-}\ns\\exit(7)\n");
    place.file("signal.rh", "#nobody(1)\n");
    assert_eq!(place.rhi(&["ok.rh"]).code, 0);
    let panic = place.rhi(&["panic.rh"]);
    assert_eq!(panic.code, 1);
    assert!(
        panic.err.starts_with("panic: no way\n  code 999\n  at "),
        "{}",
        panic.err
    );
    assert!(panic.err.contains("panic.rh:1:"), "{}", panic.err);
    place.file("call.rh", "x := [5]\nx(1; 2)\n");
    let call = place.rhi(&["call.rh"]);
    assert_eq!(call.code, 1);
    assert!(
        call.err
            .starts_with("panic: not callable\n  code 400, data [5]\n  at "),
        "{}",
        call.err
    );
    let syntax = place.rhi(&["syntax.rh"]);
    assert_eq!(syntax.code, 65);
    assert!(syntax.err.contains("RH0002"), "{}", syntax.err);
    let looping = place.rhi(&["loop.rh", "-max-steps", "10000"]);
    assert_eq!(looping.code, 1);
    assert!(looping.err.ends_with("limit: steps\n"), "{}", looping.err);
    place.file(
        "left.rh",
        "saved := []; desk .= <$>\ndesk <> [#come] -> ((#wait; yes |> 1) { #wait .. (saved[>] := $0) })\ndesk#come\nsaved[1]^()\n",
    );
    let left = place.rhi(&["left.rh", "-max-steps", "10000"]);
    assert_eq!(left.code, 1);
    assert!(left.err.ends_with("limit: steps\n"), "{}", left.err);
    let left = place.rhi(&["left.rh", "--timeout", "50ms"]);
    assert_eq!(left.code, 1);
    assert!(left.err.ends_with("limit: time\n"), "{}", left.err);
    assert_eq!(place.rhi(&["exit.rh"]).code, 7);
    assert_eq!(place.rhi(&["-nonsense"]).code, 2);
    assert_eq!(place.rhi(&["absent.rh"]).code, 65);
    let warned = place.rhi(&["signal.rh"]);
    assert_eq!((warned.code, warned.err.contains("#nobody")), (0, true));
    assert_eq!(place.rhi(&["-silent", "signal.rh"]).err, "");
    // Each file runs, and the first failure is the end's.
    let several = place.rhi(&["-last-value", "ok.rh", "panic.rh", "ok.rh"]);
    assert_eq!((several.code, several.out.as_str()), (1, "=> 1\n=> 1\n"));
}

/// Programs that recurse, loop, allocate, print or spawn without end meet a limit, which is named last (rulings B48).
#[test]
fn programs_without_end_meet_their_limits() {
    let place = Place::new("limits");
    let spawn = "r .= <$>; saved := []\nclient .= [] -> #wait\n\
                 r <> [#come] -> (client() { #wait .. (saved[>] := $0) })\nyes |> r#come\n";
    for (program, limit) in [
        ("f .= [n] -> 1 ++ f(n ++ 1)\nf(0)", "depth heap"),
        ("f .= [n] -> (f(n ++ 1) { #a .. 1 })\nf(0)", "depth heap"),
        ("r .= <$>; r <> [#a] -> r#a\nr#a", "depth heap fibers"),
        ("n := 0\nyes |> (n := n ++ 1)", "steps"),
        ("f .= [n] -> f(n ++ 1)\nf(0)", "steps depth"),
        ("m := []\nyes |> (m[>] := [1; 2; 3])", "heap"),
        ("t := 'x'\nyes |> (t := t ++ t)", "heap"),
        (
            "m := []; n := 0\nyes |> (n := n ++ 1; m\\<\"k$n\"> := n)",
            "heap",
        ),
        ("x := 02.-\nyes |> (x := x ** x)", "heap steps"),
        // Branches: one after the other, and in one another.
        (
            "f .= [] -> (1|9000 <> [x] -> (x == 9000 => #q ~> x); 1)\nf { #q .. (yes |> ^()) }",
            "steps",
        ),
        (
            "f .= [] -> (1|___ <> [x] -> (x >> 9000 => #q ~> x))\nf { #q .. (^(); ^()) }",
            "heap",
        ),
        ("m := []\nyes |> (m[>] := <$>)", "heap"),
        ("r .= <$>\nyes |> (r <> [#a] -> 1)", "heap"),
        (
            "yes |> log('0123456789012345678901234567890123456789012345678901234567890123456789')",
            "output steps",
        ),
        (spawn, "heap fibers"),
        (
            "r := <$>; r <> [$a(n)] -> r$a(n ++ 1)\nr$a(1)",
            "steps depth heap fibers",
        ),
    ] {
        place.file("endless.rh", program);
        let flags = [
            "-silent",
            "-max-steps",
            "60M",
            "-max-heap",
            "24M",
            "endless.rh",
        ];
        let ended = place.rhi(&flags);
        assert_eq!(ended.code, 1, "{program}: {}", ended.err);
        let last = ended.err.lines().last().unwrap_or_default();
        let met = last.strip_prefix("limit: ").unwrap_or(last);
        assert!(
            limit.split(' ').any(|limit| limit == met),
            "{program}: {}",
            ended.err
        );
    }
    place.file("endless.rh", "f .= [n] -> 1 ++ f(n ++ 1)\nf(0)");
    for (lang, part) in [
        ("en", "calls not shown"),
        ("id", "panggilan tidak ditampilkan"),
    ] {
        let ended = place.rhi(&["-lang", lang, "endless.rh"]);
        assert!(ended.err.contains(part), "{}", ended.err);
        assert!(
            ended.err.contains("start (endless)\nlimit: depth"),
            "{}",
            ended.err
        );
    }
    place.file("endless.rh", "yes |> ___");
    let ended = place.rhi(&[
        "-max-steps",
        "unlimited",
        "--timeout",
        "200ms",
        "endless.rh",
    ]);
    assert!(ended.err.ends_with("limit: time\n"), "{}", ended.err);
    // Those of heap and depth can be caught, the others cannot.
    place.file(
        "caught.rh",
        "f .= [n] -> 1 ++ f(n ++ 1)\nf(0) { #***(c; _; _) .. c }\n",
    );
    assert_eq!(place.rhi(&["-last-value", "caught.rh"]).out, "=> 500\n");
    place.file("caught.rh", "f .= [] -> (yes |> ___)\nf() { #* .. 1 }\n");
    let ended = place.rhi(&["-max-steps", "1M", "caught.rh"]);
    assert!(ended.err.ends_with("limit: steps\n"), "{}", ended.err);
}

#[test]
fn strict_wants_labels_defined() {
    let place = Place::new("strict");
    place.file("a.rh", "f .= [] -> later\nlater := 1\ntypo ?? 3\n");
    assert_eq!(place.rhi(&["a.rh"]).code, 0);
    let ended = place.rhi(&["-strict", "a.rh"]);
    assert_eq!(ended.code, 65);
    assert!(
        ended.err.contains("RH0105") && ended.err.contains("typo"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("`later`"), "{}", ended.err);
}

#[test]
fn sources_have_the_truth_words_of_their_locale() {
    let place = Place::new("locale");
    place.file("a.rh", "1 == 1\n");
    place.file("b.rh", "%! rhi -lang fr_FR\noui\n");
    assert_eq!(
        place.rhi(&["-lang", "id-ID", "-last-value", "a.rh"]).out,
        "=> ya\n"
    );
    assert_eq!(place.rhi(&["-last-value", "b.rh"]).out, "=> oui\n");
}

/// Literals are as long as anybody likes; what has its bounds is told by name, in the user's language.
#[test]
fn long_literals_and_what_is_too_large() {
    let list = |count: usize, item: &dyn Fn(usize) -> String| -> String {
        (0..count).map(item).collect::<Vec<_>>().join("; ")
    };
    let place = Place::new("long");
    let elements = list(10_000, &|i| i.to_string());
    let fields = list(3_000, &|i| match i % 4 {
        0 => format!("f{i} .. {i}"),
        1 => format!("f{i} :: {i}"),
        2 => format!("'t{i}' .. {i}"),
        _ => format!("@s{i} .. [x .. {i}]"),
    });
    place.file(
        "a.rh",
        &format!(
            "m := [{elements}]\nm[#] %= 10000\nm[10000] %= 9999\n\
             n := [g .. [] -> !\\f2996; {fields}; h .. [] -> !\\f2997; 7]\n\
             n\\f2996 %= 2996\nn\\g() %= 2996\nn\\h() %= 2997\nn@s2999\\x %= 2999\nn[1] %= 7\nn[*][#] %= 2252\n\
             n\\f2997 := 5\nn\\f2997 %= 5\n(n\\f2996 := 5) {{ #*** .. 'no' }} %= 'no'\n"
        )
    );
    let ended = place.rhi(&["-test", "a.rh"]);
    assert!(
        ended.out.ends_with("10 passed, 0 failed\n"),
        "{}{}",
        ended.out,
        ended.err
    );

    // Branches have their own of what is put together behind the first 512 items, as it was: immutable fields stay so.
    let first = list(300, &|i| format!("k{i} .. {i}; {i}"));
    place.file(
        "c.rh",
        &format!(
            "got := []\nf .= [] -> [{first}; #q(1); last .. #q(2); #q(3)]\n\
             f {{ #q(n) .. (^(n); ^(n ** 10)); v .. (got[>] := [v[301]; v\\last; v[302]; v[#]]) }}\n\
             got[#] %= 8\ngot[1] %= [1; 2; 3; 302]\ngot[2] %= [1; 2; 30; 302]\ngot[8] %= [10; 20; 30; 302]\n\
             g .= [] -> [{first}; #q; x :: 5]\n\
             (g {{ #q .. (^(); ^()); v .. (v\\x := 6; v\\k7 := 1) }}) {{ #***(c; _; _) .. c }} %= 409\n"
        ),
    );
    let ended = place.rhi(&["-test", "c.rh"]);
    assert!(
        ended.out.ends_with("5 passed, 0 failed\n"),
        "{}{}",
        ended.out,
        ended.err
    );

    let arguments = list(6_000, &|i| i.to_string());
    let own = list(4_100, &|i| format!("a{i} := {i}"));
    let (outer, inner) = (
        list(2_500, &|i| format!("a{i} := {i}")),
        list(2_500, &|i| format!("b{i} := {i}")),
    );
    let both = list(2_500, &|i| format!("a{i}; b{i}"));
    let parameters = list(300, &|i| format!("a{i}"));
    for (text, english, indonesian) in [
        (
            format!("log({arguments})\n"),
            "too many values at once",
            "terlalu banyak nilai sekaligus",
        ),
        (
            format!("f := [{parameters}] -> a299\n"),
            "too many parameters",
            "terlalu banyak parameter",
        ),
        (
            format!("m := []\nn := [{arguments}; &m]\n"),
            "too many items before one that is spread",
            "terlalu banyak butir sebelum satu yang disebarkan",
        ),
        // Labels of a routine, and those of routines around it that it mentions.
        (
            format!("f .= [] -> ({own}; a7)\n"),
            "too many labels",
            "terlalu banyak label",
        ),
        (
            format!("f .= [] -> ({outer}; g .= [] -> ({inner}; h .= [] -> ({both})))\n"),
            "too many labels",
            "terlalu banyak label",
        ),
    ] {
        place.file("b.rh", &text);
        for (lang, message) in [("en", english), ("id", indonesian)] {
            let ended = place.rhi(&["--lang", lang, "b.rh"]);
            assert_eq!(ended.code, 65, "{}", ended.err);
            let first = ended.err.lines().next().unwrap_or_default();
            assert!(
                first.contains("RH0202") && first.contains(message),
                "{first}"
            );
            assert!(!ended.err.contains("RH0299"), "{}", ended.err);
        }
    }
}

/// What is too large is pointed at.
#[test]
fn a_routine_with_too_many_labels_is_pointed_at() {
    let place = Place::new("labels");
    let labels: String = (0..4_100).map(|i| format!("a{i} := {i}\n")).collect();
    place.file("a.rh", &format!("x := 1\ny .= [] -> (\n{labels})\n"));
    let ended = place.rhi(&["a.rh"]);
    assert_eq!(ended.code, 65, "{}", ended.err);
    assert!(ended.err.contains("a.rh:2:6"), "{}", ended.err);
    // Somewhat fewer run.
    let labels: String = (0..4_000).map(|i| format!("a{i} := {i}\n")).collect();
    place.file("b.rh", &format!("y .= [] -> (\n{labels}a3999)\nlog(y)\n"));
    assert_eq!(place.rhi(&["b.rh"]).out, "3999\n");
}

/// To go on from a reply costs the same however much the loops around the signal have collected.
#[test]
fn replies_in_long_loops_fit_in_little_memory() {
    let place = Place::new("collected");
    place.file(
        "a.rh",
        "n := 0\nf .= [] -> (1|4000 <> [x] -> #q(x))\n\
         log((f { #q(x) .. (x == 0 => ^(0); ^(x); n := n ++ 1); v .. v })[4000])\nlog(n)\n",
    );
    let ended = place.rhi(&["-max-heap", "24M", "a.rh"]);
    assert_eq!(
        (ended.out.as_str(), ended.code),
        ("4000\n4000\n", 0),
        "{}",
        ended.err
    );
}

/// What the machine says of a failure is told in the language of messages; what a program says is not touched.
#[test]
fn panics_are_told_in_the_language_of_messages() {
    let place = Place::new("panic-language");
    for (program, english, indonesian) in [
        (
            "x .= 1; x := 2",
            "panic: cannot assign value to immutable label\n  code 409, data 'WriteViolation'\n",
            "panic: nilai tidak dapat diberikan kepada label yang sudah tetap\n  kode 409, data 'WriteViolation'\n",
        ),
        (
            "m := [a .. 1]; m\\a := 2",
            "immutable field 'a'\n",
            "kepada medan 'a' yang sudah tetap\n",
        ),
        (
            "1 ++ 'a'",
            "invalid operands for ++\n",
            "operan tidak cocok untuk ++\n",
        ),
        (
            "{!|math|-}\\sqrt('x')",
            "sqrt: expected a number, found text\n",
            "sqrt: seharusnya bilangan, yang ada teks\n",
        ),
        (
            "{!|text|-}\\split('a'; '')",
            "split: the separator is empty\n",
            "split: pemisahnya kosong\n",
        ),
        (
            "***('not callable'; 5)",
            "panic: not callable\n  code 999, data 5\n",
            "panic: not callable\n  kode 999, data 5\n",
        ),
    ] {
        place.file("a.rh", program);
        for (lang, part) in [("en", english), ("id", indonesian)] {
            let ended = place.rhi(&["-lang", lang, "a.rh"]);
            assert_eq!(ended.code, 1, "{}", ended.err);
            assert!(ended.err.contains(part), "{program}: {}", ended.err);
        }
    }
}

/// A limit says how much it was and which flag gives more, and of many calls alike one is shown.
#[test]
fn limits_say_what_to_do() {
    let place = Place::new("limit-advice");
    place.file("deep.rh", "f .= [n] -> 1 ++ f(n ++ 1)\nf(0)");
    let ended = place.rhi(&["--depth", "100", "deep.rh"]);
    assert!(
        ended.err.contains("run it with a higher limit: `--depth 1000`\n  at f (deep.rh:1:18)\n  … 98 more calls alike …\n  at module"),
        "{}",
        ended.err
    );
    place.file("endless.rh", "yes |> ___");
    for (flags, message, help) in [
        (
            ["--fuel", "1k"],
            "used up its fuel of 1000 units",
            "`--fuel 10000`",
        ),
        (
            ["--timeout", "100ms"],
            "its deadline of 100ms",
            "`--timeout 1s`",
        ),
    ] {
        let ended = place.rhi(&[flags[0], flags[1], "endless.rh"]);
        assert!(
            ended.err.contains(message) && ended.err.contains(help),
            "{}",
            ended.err
        );
    }
    // Also where it is met before the program itself runs.
    let ended = place.rhi(&["--fuel", "1", "endless.rh"]);
    assert!(
        ended.err.contains("`--fuel 10`") && ended.err.ends_with("limit: steps\n"),
        "{}",
        ended.err
    );
    place.file("much.rh", "a := []; yes |> (a[>] := [1; 2; 3])");
    let ended = place.rhi(&["--memory", "4M", "much.rh"]);
    assert!(ended.err.contains("`--memory 16MiB`"), "{}", ended.err);
}

/// The value stands on a line of its own, also behind what the program wrote without ending its line.
#[test]
fn values_have_their_line() {
    let place = Place::new("own-line");
    place.file("a.rh", "console\\write('a'); 1");
    assert_eq!(place.rhi(&["-last-value", "a.rh"]).out, "a\n=> 1\n");
    let ended = place.prompt(&[], "console\\write('b')\n2\n");
    assert_eq!(ended.out, "b\n=> 'b'\n=> 2\n");
}

/// A program may come through a pipe.
#[cfg(target_os = "linux")]
#[test]
fn programs_come_through_pipes() {
    use std::io::Write;
    let place = Place::new("pipe");
    place.file("lib/a.rh", "x .= 7\n");
    let mut child = place
        .command(env!("CARGO_BIN_EXE_rhi"), &["-last-value", "/dev/stdin"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"{-|lib|-}\\x\n").unwrap();
    drop(pipe);
    let ended = ended(child.wait_with_output().unwrap());
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (0, "=> 7\n"),
        "{}",
        ended.err
    );
}
