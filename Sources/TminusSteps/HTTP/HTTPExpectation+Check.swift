import TminusModel

extension HTTPExpectation {
    /// Everything about `answer` that is not as expected, in words; empty when it is.
    func problems(with answer: HTTPExchange.Answer) -> [String] {
        var problems: [String] = []
        if statuses.isEmpty ? !(200..<300).contains(answer.status) : !statuses.contains(answer.status) {
            let wanted = statuses.isEmpty ? "200 to 299" : statuses.map(String.init).joined(separator: " or ")
            let hint = (300..<400).contains(answer.status) ? " (redirects are not followed)" : ""
            problems.append("answered \(answer.status) instead of \(wanted)\(hint)")
        }
        if let within, answer.elapsed > within {
            problems.append("took \(answer.elapsed.releaseText), more than \(within.releaseText)")
        }
        problems += headers.compactMap { Self.problem(with: answer, header: $0) }
        if let bodyContains, !Self.contains(answer.body, Array(bodyContains.utf8)) {
            problems.append("the body does not contain \"\(Sentence.cut(bodyContains, limit: 80))\"")
        }
        if !json.isEmpty { problems += jsonProblems(with: answer.body) }
        return problems
    }

    private static func problem(with answer: HTTPExchange.Answer, header: Variable) -> String? {
        let values = answer.headers.filter { $0.name.lowercased() == header.name.lowercased() }.map(\.value)
        guard !values.contains(header.value) else { return nil }
        guard let found = values.first else { return "the header \(header.name) is missing" }
        return "the header \(header.name) is \"\(Sentence.cut(found, limit: 80))\" instead of \"\(header.value)\""
    }

    private func jsonProblems(with body: [UInt8]) -> [String] {
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: body)
        } catch {
            return ["the body is not JSON: \(error.description)"]
        }
        return json.compactMap { expected in
            guard let found = value.value(at: expected.name) else { return "the JSON has nothing at \(expected.name)" }
            guard !found.reads(as: expected.value) else { return nil }
            let shown = Sentence.cut(found.line, limit: 80)
            return "the JSON at \(expected.name) is \(shown) instead of \(Sentence.cut(expected.value, limit: 80))"
        }
    }

    private static func contains(_ body: [UInt8], _ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard body.count >= text.count else { return false }
        return (0...(body.count - text.count)).contains { start in
            body[start] == first && body[start..<start + text.count].elementsEqual(text)
        }
    }
}

extension JSON {
    /// The value at a path such as `checks.0.ok`: member names and array positions with dots in between.
    func value(at path: String) -> JSON? {
        var value = self
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            if let elements = value.elements {
                guard let position = Int(part), elements.indices.contains(position) else { return nil }
                value = elements[position]
            } else {
                guard let member = value[String(part)] else { return nil }
                value = member
            }
        }
        return value
    }

    /// Whether a person would write this value as `text`: a string as it is or in quotes, a number by its value, the
    /// rest as JSON.
    func reads(as text: String) -> Bool {
        if let own = self.text, own == text { return true }
        guard let wanted = try? JSON(parsing: text) else { return false }
        if let left = number, let right = wanted.number { return left == right }
        return self == wanted
    }
}
