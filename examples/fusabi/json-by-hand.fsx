// JSON value type, parser, printer, by hand
type Json =
    | JNull
    | JBool of bool
    | JNum of float
    | JStr of string
    | JArr of Json list
    | JObj of (string * Json) list
let rec show = function
    | JNull -> "null"
    | JBool b -> if b then "true" else "false"
    | JNum n -> string n
    | JStr s -> sprintf "\"%s\"" (s.Replace("\"", "\\\""))
    | JArr xs -> "[" + (xs |> List.map show |> String.concat ",") + "]"
    | JObj kvs -> "{" + String.concat "," [ for k, v in kvs -> sprintf "\"%s\":%s" k (show v) ] + "}"
type Result<'a> = Success of 'a * int | Failure of string * int
let parse (s: string) =
    let rec skip i = if i < s.Length && (s.[i] = ' ' || s.[i] = '\n') then skip (i + 1) else i
    let expect (w: string) v i =
        if i + w.Length <= s.Length && s.Substring(i, w.Length) = w then Success (v, i + w.Length)
        else Failure (sprintf "expected %s" w, i)
    let rec value i =
        let i = skip i
        if i >= s.Length then Failure ("end", i)
        else
            match s.[i] with
            | 'n' -> expect "null" JNull i
            | 't' -> expect "true" (JBool true) i
            | 'f' -> expect "false" (JBool false) i
            | '"' ->
                match str (i + 1) [] with
                | Success (t, j) -> Success (JStr t, j)
                | Failure (m, j) -> Failure (m, j)
            | '[' -> arr (skip (i + 1)) []
            | '{' -> obj (skip (i + 1)) []
            | c when c = '-' || System.Char.IsDigit c ->
                let mutable j = i + 1
                while j < s.Length && (System.Char.IsDigit s.[j] || s.[j] = '.') do j <- j + 1
                Success (JNum (float s.[i .. j - 1]), j)
            | c -> Failure (sprintf "unexpected %c" c, i)
    and str i acc =
        if i >= s.Length then Failure ("unterminated", i)
        else
            match s.[i] with
            | '"' -> Success (acc |> List.rev |> List.map string |> String.concat "", i + 1)
            | '\\' when i + 1 < s.Length -> str (i + 2) ((match s.[i + 1] with 'n' -> '\n' | c -> c) :: acc)
            | c -> str (i + 1) (c :: acc)
    and arr i acc =
        if i < s.Length && s.[i] = ']' then Success (JArr (List.rev acc), i + 1)
        else
            match value i with
            | Success (v, j) ->
                let j = skip j
                if j < s.Length && s.[j] = ',' then arr (skip (j + 1)) (v :: acc)
                elif j < s.Length && s.[j] = ']' then Success (JArr (List.rev (v :: acc)), j + 1)
                else Failure ("expected , or ]", j)
            | f -> f
    and obj i acc =
        if i < s.Length && s.[i] = '}' then Success (JObj (List.rev acc), i + 1)
        elif i < s.Length && s.[i] = '"' then
            match str (i + 1) [] with
            | Failure (m, j) -> Failure (m, j)
            | Success (k, j) ->
                let j = skip j
                if j < s.Length && s.[j] = ':' then
                    match value (j + 1) with
                    | Success (v, j) ->
                        let j = skip j
                        if j < s.Length && s.[j] = ',' then obj (skip (j + 1)) ((k, v) :: acc)
                        elif j < s.Length && s.[j] = '}' then Success (JObj (List.rev ((k, v) :: acc)), j + 1)
                        else Failure ("expected , or }", j)
                    | f -> f
                else Failure ("expected :", j)
        else Failure ("expected key", i)
    value 0
let test s =
    match parse s with
    | Success (v, _) -> printfn "%s" (show v)
    | Failure (m, i) -> printfn "error at %d: %s" i m
test """ {"a": [1, 2.5, -3], "b": {"c": null, "d": true}, "e": "x\"y"} """
test "[1, 2"
test "{\"a\" 1}"
test "[]"
test "@"
let rec depth = function
    | JArr [] | JObj [] -> 1
    | JArr xs -> 1 + (xs |> List.map depth |> List.max)
    | JObj kvs -> 1 + List.max (List.map (snd >> depth) kvs)
    | _ -> 0
match parse "[[[]], {\"k\": [1]}]" with
| Success (v, n) -> printfn "%d %d" (depth v) n
| Failure _ -> printfn "?"
