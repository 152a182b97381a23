// Bank account simulation
type AccountId = AccountId of int
type Transaction =
    | Deposit of amount: decimal0
    | Withdraw of amount: decimal0
    | Transfer of target: AccountId * amount: decimal0
and decimal0 = float
type Account = { Id: AccountId; Owner: string; mutable Balance: float; History: Transaction list }
type BankError =
    | InsufficientFunds of needed: float * available: float
    | UnknownAccount of AccountId
    | InvalidAmount of float

let describe = function
    | InsufficientFunds (n, a) -> sprintf "need %.2f, have %.2f" n a
    | UnknownAccount (AccountId i) -> sprintf "no account %d" i
    | InvalidAmount x -> sprintf "bad amount %.2f" x

let check amount = if amount <= 0.0 then Error (InvalidAmount amount) else Ok amount

let find id bank =
    match Map.tryFind id bank with
    | Some a -> Ok a
    | None -> Error (UnknownAccount id)

let apply id tx bank =
    find id bank
    |> Result.bind (fun acc ->
        match tx with
        | Deposit amount ->
            check amount
            |> Result.map (fun a -> Map.add id { acc with Balance = acc.Balance + a; History = tx :: acc.History } bank)
        | Withdraw amount ->
            check amount
            |> Result.bind (fun a ->
                if acc.Balance < a then Error (InsufficientFunds (a, acc.Balance))
                else Ok (Map.add id { acc with Balance = acc.Balance - a; History = tx :: acc.History } bank))
        | Transfer (target, amount) ->
            check amount
            |> Result.bind (fun a ->
                if acc.Balance < a then Error (InsufficientFunds (a, acc.Balance))
                else
                    find target bank
                    |> Result.map (fun other ->
                        bank
                        |> Map.add id { acc with Balance = acc.Balance - a; History = tx :: acc.History }
                        |> Map.add target { other with Balance = other.Balance + a; History = Deposit a :: other.History })))

let mk i o b = AccountId i, { Id = AccountId i; Owner = o; Balance = b; History = [] }
let bank0 = Map.ofList [ mk 1 "Ann" 100.0; mk 2 "Bob" 50.0 ]
let steps =
    [ AccountId 1, Deposit 50.0
      AccountId 1, Withdraw 500.0
      AccountId 1, Transfer (AccountId 2, 75.5)
      AccountId 9, Deposit 1.0
      AccountId 2, Withdraw -5.0
      AccountId 1, Transfer (target = AccountId 7, amount = 1.0) ]
let final, errors =
    ((bank0, []), steps)
    ||> List.fold (fun (b, errs) (id, tx) ->
        match apply id tx b with
        | Ok b' -> b', errs
        | Error e -> b, describe e :: errs)
for KeyValue (AccountId i, a) in final do
    printfn "%d %-5s|%8.2f| %d" i a.Owner a.Balance a.History.Length
errors |> List.rev |> List.iteri (printfn "%d: %s")
let a = final.[AccountId 1]
printfn "%A" a.History
a.Balance <- 1.0
printfn "%A" a
