module Number@N =
  // Loops over numbers and arrays, records of floats, members, active patterns, computations.
  type Vector =
    { X: float
      Y: float
      Z: float }

    static member (+)(a: Vector, b: Vector) = { X = a.X + b.X; Y = a.Y + b.Y; Z = a.Z + b.Z }
    static member (*)(a: Vector, k: float) = { X = a.X * k; Y = a.Y * k; Z = a.Z * k }
    member this.Length = sqrt (this.X * this.X + this.Y * this.Y + this.Z * this.Z)

  let zero = { X = 0.0; Y = 0.0; Z = 0.0 }
  let scaled = (zero + { zero with X = 3.0; Y = 4.0 }) * 2.0

  let rec gcd a b = if b = 0 then a else gcd b (a % b)

  let primes limit =
    let composite = Array.create (limit + 1) false
    let mutable found = []
    for i in 2..limit do
      if not composite.[i] then
        found <- i :: found
        let mutable j = i * i
        while j <= limit do
          composite.[j] <- true
          j <- j + i
    List.rev found

  let (|Even|Odd|) n = if n % 2 = 0 then Even else Odd

  let rec collatz steps n =
    match n with
    | 1 -> steps
    | Even -> collatz (steps + 1) (n / 2)
    | Odd -> collatz (steps + 1) (3 * n + 1)

  let mean (values: float list) =
    if List.isEmpty values then
      None
    else
      Some(List.sum values / float (List.length values))

  let variance values =
    match mean values with
    | None -> None
    | Some middle ->
      values
      |> List.map (fun value -> (value - middle) ** 2.0)
      |> mean

  let matrix rows columns make = [| for i in 0 .. rows - 1 -> [| for j in 0 .. columns - 1 -> make i j |] |]

  let trace (m: float array array) =
    let mutable sum = 0.0
    for i in 0 .. m.Length - 1 do
      sum <- sum + m.[i].[i]
    sum

  let checkedRoot x = if x < 0.0 then Error "negative" else Ok(sqrt x)

  let safe text =
    try
      Some(int text)
    with _ ->
      None

  let fizz n =
    match n % 3, n % 5 with
    | 0, 0 -> "FizzBuzz"
    | 0, _ -> "Fizz"
    | _, 0 -> "Buzz"
    | _ -> string n

  let lines = [ for i in 1..15 -> fizz (i + @N) ]
  let bits = (@N <<< 3) ||| (@N &&& 0xFF) ^^^ 5
  let last = lines |> List.tryLast |> Option.map String.length

