// tokenizer, shunting-yard with mutable stacks as lists, RPN
[<RequireQualifiedAccess>]
type Tok =
    | Number of int
    | Ident of string
    | Sym of char
let (|Digit|Letter|Space|Other|) (c: char) =
    if c >= '0' && c <= '9' then Digit (int c - int '0')
    elif System.Char.IsLetter c || c = '_' then Letter
    elif c = ' ' || c = '\t' || c = '\n' then Space
    else Other c
let lex (input: string) =
    let rec go i acc =
        if i = input.Length then List.rev acc
        else
            match input.[i] with
            | Space -> go (i + 1) acc
            | Digit d -> number (i + 1) d acc
            | Letter -> word (i + 1) i acc
            | Other c -> go (i + 1) (Tok.Sym c :: acc)
    and number i n acc =
        if i < input.Length then
            match input.[i] with
            | Digit d -> number (i + 1) (n * 10 + d) acc
            | _ -> go i (Tok.Number n :: acc)
        else go i (Tok.Number n :: acc)
    and word i start acc =
        let continues = i < input.Length && (match input.[i] with Letter | Digit _ -> true | _ -> false)
        if continues then word (i + 1) start acc
        else go i (Tok.Ident input.[start .. i - 1] :: acc)
    go 0 []
printfn "%A" (lex "x1 = 42 + foo_bar*7")
let prec = function '+' | '-' -> 1 | '*' | '/' -> 2 | _ -> 0
let toRpn tokens =
    let mutable out = []
    let mutable stack = []
    for t in tokens do
        match t with
        | Tok.Number _ | Tok.Ident _ -> out <- t :: out
        | Tok.Sym '(' -> stack <- '(' :: stack
        | Tok.Sym ')' ->
            while not (List.isEmpty stack) && List.head stack <> '(' do
                out <- Tok.Sym (List.head stack) :: out
                stack <- List.tail stack
            stack <- List.tail stack
        | Tok.Sym o ->
            while (match stack with
                   | top :: _ -> prec top >= prec o
                   | [] -> false) do
                out <- Tok.Sym stack.Head :: out
                stack <- stack.Tail
            stack <- o :: stack
    List.rev out @ List.map Tok.Sym stack
let rpn = toRpn (lex "(1 + 2) * 3 - 4 / 2")
let show = function Tok.Number n -> string n | Tok.Ident s -> s | Tok.Sym c -> string c
printfn "%s" (rpn |> List.map show |> String.concat " ")
let evalRpn env tokens =
    let folder stack tok =
        match tok, stack with
        | Tok.Number n, _ -> n :: stack
        | Tok.Ident v, _ -> Map.find v env :: stack
        | Tok.Sym '+', b :: a :: rest -> a + b :: rest
        | Tok.Sym '-', b :: a :: rest -> a - b :: rest
        | Tok.Sym '*', b :: a :: rest -> a * b :: rest
        | Tok.Sym '/', _ :: _ :: _ when stack.Head = 0 -> failwith "division by zero"
        | Tok.Sym '/', b :: a :: rest -> a / b :: rest
        | _ -> failwithf "cannot apply %A" tok
    match List.fold folder [] tokens with
    | [ r ] -> r
    | s -> failwithf "bad stack %A" s
printfn "%d" (evalRpn Map.empty rpn)
printfn "%d" (lex "n * n - 1" |> toRpn |> evalRpn (Map [ "n", 9 ]))
try lex "1 / 0" |> toRpn |> evalRpn Map.empty |> printfn "%d"
with Failure m -> printfn "error: %s" m
try lex "1 +" |> toRpn |> evalRpn Map.empty |> printfn "%d"
with e -> printfn "error: %s" e.Message
