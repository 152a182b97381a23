// Json (§3.3, rulings 8): one line per function.
let fails f = try (ignore (f ()); "no exception") with e -> e.Message
let doc = Json.parse "{\"name\": \"fox\", \"age\": 3, \"size\": 1.5, \"wild\": true, \"of\": [1, 2], \"no\": null}"
printfn "%A" (Json.get "name" doc |> Option.bind Json.toString)
// expect: Some "fox"
printfn "%A" (Json.get "none" doc |> Option.isNone)
// expect: true
printfn "%A" (Json.get "age" doc |> Option.bind Json.toInt)
// expect: Some 3
printfn "%A" (Json.get "size" doc |> Option.bind Json.toFloat, Json.get "age" doc |> Option.bind Json.toFloat)
// expect: (Some 1.5, Some 3.0)
printfn "%A" (Json.get "wild" doc |> Option.bind Json.toBool)
// expect: Some true
printfn "%A" (Json.get "age" doc |> Option.bind Json.toString)
// expect: None
printfn "%A" (Json.get "of" doc |> Option.bind (Json.item 1) |> Option.bind Json.toInt)
// expect: Some 2
printfn "%A" (Json.get "of" doc |> Option.bind (Json.item 2) |> Option.isNone)
// expect: true
printfn "%A" (Json.get "of" doc |> Option.bind Json.toArray |> Option.map List.length)
// expect: Some 2
printfn "%A" (Json.toObject doc |> Option.map Map.count)
// expect: Some 6
printfn "%A" (Json.get "no" doc |> Option.map Json.isNull)
// expect: Some true
printfn "%A" (Json.tryParse "[1" |> Option.isNone, Json.tryParse "[1]" |> Option.isSome)
// expect: (true, true)
printfn "%A" (Json.stringify [1; 2])
// expect: "[1,2]"
printfn "%A" (Json.stringify {| a = 1; b = Some "x"; c = [true] |})
// expect: "{"a":1,"b":"x","c":[true]}"
printfn "%A" (Json.stringify doc)
// expect: "{"name":"fox","age":3,"size":1.5,"wild":true,"of":[1,2],"no":null}"
printfn "%s" (Json.stringifyPretty {| a = [1] |})
// expect: {
// expect:   "a": [
// expect:     1
// expect:   ]
// expect: }
printfn "%A" (Json.stringify (Json.object [("a", Json.ofInt 1); ("b", Json.ofString "x"); ("c", Json.ofBool true)]))
// expect: "{"a":1,"b":"x","c":true}"
printfn "%A" (Json.stringify (Json.array [Json.ofFloat 1.5; Json.``null``]))
// expect: "[1.5,null]"
