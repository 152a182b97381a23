// parser combinators
type Parser<'a> = Parser of (char list -> ('a * char list) option)
let run (Parser p) input = p input
let ret x = Parser (fun input -> Some (x, input))
let bind f p =
    Parser (fun input ->
        match run p input with
        | None -> None
        | Some (x, rest) -> run (f x) rest)
let (>>=) p f = bind f p
let map f p = p >>= (f >> ret)
let (<!>) = map
let (<|>) p q = Parser (fun input -> match run p input with None -> run q input | r -> r)
let (.>>.) p q = p >>= fun a -> q >>= fun b -> ret (a, b)
let (>>.) p q = p .>>. q |> map snd
let (.>>) p q = p .>>. q |> map fst
let satisfy f =
    Parser (function
        | c :: rest when f c -> Some (c, rest)
        | _ -> None)
let pchar c = satisfy ((=) c)
let rec many p = Parser (fun input ->
    match run p input with
    | None -> Some ([], input)
    | Some (x, rest) -> run (many p |> map (fun xs -> x :: xs)) rest)
let many1 p = p .>>. many p |> map (fun (x, xs) -> x :: xs)
let digit = satisfy System.Char.IsDigit
let number = many1 digit |> map (List.map string >> String.concat "" >> int)
let spaces = many (pchar ' ')
let token p = p .>> spaces
let chainl1 p op =
    let rec rest a =
        (op >>= fun f -> p >>= fun b -> rest (f a b)) <|> ret a
    p >>= rest
let mutable exprRef : Parser<int> = Parser (fun _ -> None)
let exprP = Parser (fun input -> run exprRef input)
let factor = token number <|> (token (pchar '(') >>. exprP .>> token (pchar ')'))
let mulop = (token (pchar '*') |> map (fun _ -> ( * ))) <|> (token (pchar '/') |> map (fun _ -> (/)))
let addop = (token (pchar '+') |> map (fun _ -> (+))) <|> (token (pchar '-') |> map (fun _ -> (-)))
let term = chainl1 factor mulop
exprRef <- chainl1 term addop
let eval (s: string) =
    match run (spaces >>. exprP) (List.ofSeq s) with
    | Some (v, []) -> sprintf "%d" v
    | Some (_, rest) -> sprintf "leftover %A" rest
    | None -> "error"
for s in ["1 + 2 * 3"; " (1+2)*3 "; "10/2-3"; "2 *"; "x"] do
    printfn "%s" (eval s)
