// What computations of the language can say; starting, waiting and cancelling are instructions.
module Async

let Ignore (work: Async<'a>) : Async<unit> = async {
    let! _ = work
    return ()
}

let Catch (work: Async<'a>) : Async<Choice<'a, exn>> = async {
    try
        let! x = work
        return Choice1Of2 x
    with
    | e -> return Choice2Of2 e
}

let catch (work: Async<'a>) : Async<Result<'a, exn>> = async {
    try
        let! x = work
        return Ok x
    with
    | e -> return Error e
}
