module Result

let defaultValue other (r: Result<'a, 'e>) =
    match r with
    | Ok x -> x
    | Error _ -> other

let defaultWith make (r: Result<'a, 'e>) =
    match r with
    | Ok x -> x
    | Error e -> make e

let map f (r: Result<'a, 'e>) =
    match r with
    | Ok x -> Ok (f x)
    | Error e -> Error e

let mapError f (r: Result<'a, 'e>) =
    match r with
    | Ok x -> Ok x
    | Error e -> Error (f e)

let bind (f: 'a -> Result<'b, 'e>) (r: Result<'a, 'e>) =
    match r with
    | Ok x -> f x
    | Error e -> Error e

let iter (f: 'a -> unit) (r: Result<'a, 'e>) =
    match r with
    | Ok x -> f x
    | Error _ -> ()

let exists f (r: Result<'a, 'e>) =
    match r with
    | Ok x -> f x
    | Error _ -> false

let forall f (r: Result<'a, 'e>) =
    match r with
    | Ok x -> f x
    | Error _ -> true

let contains item (r: Result<'a, 'e>) =
    match r with
    | Ok x -> x = item
    | Error _ -> false

let count (r: Result<'a, 'e>) =
    match r with
    | Ok _ -> 1
    | Error _ -> 0

let fold f state (r: Result<'a, 'e>) =
    match r with
    | Ok x -> f state x
    | Error _ -> state

let toOption (r: Result<'a, 'e>) =
    match r with
    | Ok x -> Some x
    | Error _ -> None

let toList (r: Result<'a, 'e>) =
    match r with
    | Ok x -> [ x ]
    | Error _ -> []
