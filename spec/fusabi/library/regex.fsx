// Regular expressions (§3.3): one line per method.
let words = Regex @"\w+"
printfn "%A" (words.IsMatch "fox", words.IsMatch "--")
// expect: (true, false)
printfn "%A" ((words.Match "a fox").Success, (words.Match "--").Success)
// expect: (true, false)
printfn "%A" ((words.Match "- fox").Value, (words.Match "- fox").Index)
// expect: ("fox", 2)
printfn "%A" (words.Matches "the quick fox" |> List.map (fun found -> found.Value))
// expect: ["the"; "quick"; "fox"]
printfn "%A" (words.Matches "é fox" |> List.map (fun found -> found.Index))
// expect: [0; 2]
printfn "%A" ((Regex @"(\w)=(\w)").Match("x a=1").Groups)
// expect: ["a=1"; "a"; "1"]
printfn "%A" (words.Replace("a b", "<$0>"))
// expect: "<a> <b>"
printfn "%A" ((Regex @",\s*").Split "a, b,c")
// expect: [|"a"; "b"; "c"|]
