// a small stack machine with a compiler and an optimiser
type Expr =
    | Lit of int
    | Var of string
    | Add of Expr * Expr
    | Mul of Expr * Expr
    | Let of string * Expr * Expr
    | If of Expr * Expr * Expr
    | Lam of string * Expr
    | App of Expr * Expr
type Value =
    | Int of int
    | Closure of string * Expr * Env
and Env = Map<string, Value>
let rec simplify = function
    | Add (Lit 0, e) | Add (e, Lit 0) -> simplify e
    | Mul (Lit 0, _) | Mul (_, Lit 0) -> Lit 0
    | Mul (Lit 1, e) | Mul (e, Lit 1) -> simplify e
    | Add (a, b) ->
        match simplify a, simplify b with
        | Lit x, Lit y -> Lit (x + y)
        | a', b' when a' <> a || b' <> b -> simplify (Add (a', b'))
        | a', b' -> Add (a', b')
    | Mul (a, b) ->
        match simplify a, simplify b with
        | Lit x, Lit y -> Lit (x * y)
        | a', b' when (a', b') <> (a, b) -> simplify (Mul (a', b'))
        | a', b' -> Mul (a', b')
    | Let (x, e, b) -> Let (x, simplify e, simplify b)
    | e -> e
let rec eval (env: Env) = function
    | Lit n -> Ok (Int n)
    | Var x ->
        match env.TryFind x with
        | Some v -> Ok v
        | None -> Error $"unbound {x}"
    | Add (a, b) -> arith (+) env a b
    | Mul (a, b) -> arith ( * ) env a b
    | Let (x, e, body) -> eval env e |> Result.bind (fun v -> eval (env.Add(x, v)) body)
    | If (c, t, e) ->
        result {
            match! eval env c with
            | Int 0 -> return! eval env e
            | _ -> return! eval env t
        }
    | Lam (x, b) -> Ok (Closure (x, b, env))
    | App (f, a) ->
        match eval env f, eval env a with
        | Ok (Closure (x, b, cenv)), Ok v -> eval (Map.add x v cenv) b
        | Ok (Int n), _ -> Error (sprintf "%d is not a function" n)
        | Error e, _ | _, Error e -> Error e
and arith op env a b =
    match eval env a, eval env b with
    | Ok (Int x), Ok (Int y) -> Ok (Int (op x y))
    | Error e, _ | _, Error e -> Error e
    | _ -> Error "not a number"
let show = function
    | Ok (Int n) -> string n
    | Ok (Closure _) -> "<fun>"
    | Error e -> "error: " + e
let run e = e |> eval Map.empty |> show |> printfn "%s"
run (Add (Lit 1, Mul (Lit 2, Lit 3)))
run (Let ("x", Lit 5, Mul (Var "x", Var "x")))
run (App (Lam ("y", Add (Var "y", Lit 1)), Lit 41))
run (App (Lit 1, Lit 2))
run (Var "z")
run (If (Lit 0, Lit 1, Lit 2))
run (Lam ("x", Var "x"))
printfn "%A" (simplify (Add (Mul (Lit 1, Var "a"), Mul (Lit 0, Var "b"))))
printfn "%A" (simplify (Add (Lit 2, Add (Lit 0, Lit 3))))
type Instr = Push of int | AddI | MulI | Dup | Swap | Pop
let rec compile = function
    | Lit n -> [ Push n ]
    | Add (a, b) -> compile a @ compile b @ [ AddI ]
    | Mul (a, b) -> [ yield! compile a
                      yield! compile b
                      yield MulI ]
    | _ -> failwith "unsupported"
let step stack instr =
    match instr, stack with
    | Push n, s -> n :: s
    | AddI, b :: a :: s -> a + b :: s
    | MulI, b :: a :: s -> a * b :: s
    | Dup, a :: s -> a :: a :: s
    | Swap, b :: a :: s -> a :: b :: s
    | Pop, _ :: s -> s
    | i, s -> failwithf "underflow at %A with %A" i s
printfn "%A" (compile (Add (Lit 1, Mul (Lit 2, Lit 3))) |> List.fold step [])
try List.fold step [] [ Push 1; AddI ] |> printfn "%A"
with Failure m -> printfn "%s" m
