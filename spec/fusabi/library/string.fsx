// Texts (§3.3, §1.13): one line per function and method. Places count characters (Unicode scalars) from 0.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
printfn "%A" (String.length "héllo")
// expect: 5
printfn "%A" (String.trim "  a b ")
// expect: "a b"
printfn "%A" (String.trimStart "  a ")
// expect: "a "
printfn "%A" (String.trimEnd " a  ")
// expect: " a"
printfn "%A" (String.toLower "ABC")
// expect: "abc"
printfn "%A" (String.toUpper "straße")
// expect: "STRASSE"
printfn "%A" (String.split "," "a,b,,c")
// expect: ["a"; "b"; ""; "c"]
printfn "%s" (fails (fun () -> String.split "" "abc"))
// expect: String.split: the separator is empty
printfn "%A" (String.concat "-" ["a"; "b"])
// expect: "a-b"
printfn "%A" (String.concat ["a"; "b"])
// expect: "ab"
printfn "%A" (String.join ", " (seq { yield "a"; yield "b" }))
// expect: "a, b"
printfn "%A" (String.contains "ell" "hello", String.contains "x" "hello")
// expect: (true, false)
printfn "%A" (String.startsWith "he" "hello")
// expect: true
printfn "%A" (String.endsWith "lo" "hello")
// expect: true
printfn "%A" (String.format "%s is %d" ["a"; 3])
// expect: "a is 3"
printfn "%A" (String.replace "l" "L" "hello")
// expect: "heLLo"
printfn "%s" (fails (fun () -> String.replace "" "L" "hello"))
// expect: String.replace: the text to replace is empty
printfn "%A" (String.ofInt -42)
// expect: "-42"
printfn "%A" (String.toInt "42", String.toInt "x")
// expect: (Some 42, None)
printfn "%A" (String.ofFloat 1.5)
// expect: "1.5"
printfn "%A" (String.toFloat "1.5", String.toFloat "one")
// expect: (Some 1.5, None)
printfn "%A" (String.replicate 3 "ab")
// expect: "ababab"
printfn "%s" (fails (fun () -> String.replicate -1 "ab"))
// expect: String.replicate: the count is negative
printfn "%A" (String.map Char.toUpper "abc")
// expect: "ABC"
printfn "%A" (String.mapi (fun i c -> if i = 0 then '_' else c) "abc")
// expect: "_bc"
String.iter (fun c -> printfn "%c" c) "ab"
// expect: a
// expect: b
String.iteri (fun i c -> printfn "%d%c" i c) "ab"
// expect: 0a
// expect: 1b
printfn "%A" (String.collect (fun c -> string c + ".") "abc")
// expect: "a.b.c."
printfn "%A" (String.exists Char.isDigit "a1", String.exists Char.isDigit "ab")
// expect: (true, false)
printfn "%A" (String.forall Char.isDigit "12", String.forall Char.isDigit "1a")
// expect: (true, false)
printfn "%A" (String.filter Char.isLetter "a1b2")
// expect: "ab"
printfn "%A" (String.init 3 (fun i -> string i))
// expect: "012"
printfn "%A" (String.isEmpty "", String.isEmpty "a")
// expect: (true, false)
printfn "%A" (String.IsNullOrEmpty "", String.IsNullOrEmpty "a")
// expect: (true, false)
printfn "%A" (String.IsNullOrWhiteSpace "  ", String.IsNullOrWhiteSpace "a")
// expect: (true, false)
printfn "%A" (String.Join("+", ["a"; "b"]))
// expect: "a+b"
printfn "%A" (String.Concat ["a"; "b"])
// expect: "ab"
printfn "%A" (String.Empty)
// expect: ""
printfn "%A" ("héllo".Length)
// expect: 5
printfn "%A" ("hello".Contains("ell"), "hello".Contains('x'))
// expect: (true, false)
printfn "%A" ("hello".StartsWith("he"), "hello".StartsWith('e'))
// expect: (true, false)
printfn "%A" ("hello".EndsWith("lo"), "hello".EndsWith('o'))
// expect: (true, true)
printfn "%A" ("hello".IndexOf("l"), "hello".IndexOf('o'), "hello".IndexOf("x"))
// expect: (2, 4, -1)
printfn "%A" ("hello".LastIndexOf("l"), "hello".LastIndexOf('h'))
// expect: (3, 0)
printfn "%A" ("hello".Substring(1), "hello".Substring(1, 3))
// expect: ("ello", "ell")
printfn "%s" (fails (fun () -> "abc".Substring(2, 2)))
// expect: Substring: 2 characters from place 2 are outside of a text of 3
printfn "%A" ("held".Insert(3, "lo"))
// expect: "hellod"
printfn "%A" ("hello".Remove(2), "hello".Remove(1, 3))
// expect: ("he", "ho")
printfn "%A" ("  a ".Trim(), "  a ".TrimStart(), "  a ".TrimEnd())
// expect: ("a", "a ", "  a")
printfn "%A" ("a,b".Split(','), "a--b".Split("--"))
// expect: ([|"a"; "b"|], [|"a"; "b"|])
printfn "%A" ("a,b;c".Split([|','; ';'|]))
// expect: [|"a"; "b"; "c"|]
printfn "%A" ("hello".Replace("l", "L"), "hello".Replace('l', 'r'))
// expect: ("heLLo", "herro")
printfn "%A" ("aB".ToUpper(), "aB".ToLower(), "aB".ToUpperInvariant(), "aB".ToLowerInvariant())
// expect: ("AB", "ab", "AB", "ab")
printfn "%A" ("ab".PadLeft(4), "ab".PadLeft(4, '0'))
// expect: ("  ab", "00ab")
printfn "%A" ("ab".PadRight(4), "ab".PadRight(4, '.'))
// expect: ("ab  ", "ab..")
printfn "%A" ("abc".ToCharArray())
// expect: [|'a'; 'b'; 'c'|]
printfn "%A" ("abc".Chars(1))
// expect: 'b'
printfn "%A" ("abc".ToString(), (12).ToString(), "a".Equals("a"), "a".GetHashCode() = "a".GetHashCode())
// expect: ("abc", "12", true, true)
