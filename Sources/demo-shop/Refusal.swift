/// Something a command could not do, said to a person: what is wrong, where, and what to do.
struct Refusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
