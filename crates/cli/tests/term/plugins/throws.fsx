exception Mine of string
let onOutput (line: string) = raise (Mine ("no: " + line))
