package import TminusModel

/// The JSON Schema of a pipeline (draft-07, which editors' YAML plugins read), written from the decoder's own tables.
///
/// It checks what a schema can: keys, types, bounds, patterns. What steps mean to each other only the loader knows.
package enum PipelineSchema {
    package static var json: JSON {
        var writer = SchemaWriter()
        let root = writer.object(.pipeline)
        return .members([
            "$schema": .string("http://json-schema.org/draft-07/schema#"),
            "title": .string("Tminus pipeline"),
            "description": .string("docs/reference/pipeline-keys.md says what each key means."),
            "allOf": .array([root]),
            "definitions": .object(writer.definitions),
        ])
    }
}

private struct SchemaWriter {
    private(set) var definitions: [JSON.Member] = []

    /// A reference to the definition of a table, which is written once.
    mutating func reference(_ table: KeyTable) -> JSON {
        let name = table.schemaName
        if !definitions.contains(where: { $0.key == name }) {
            // Put there first: the tables do not contain themselves, but may share others.
            definitions.append(JSON.Member(name, .null))
            let written = object(table)
            if let position = definitions.firstIndex(where: { $0.key == name }) {
                definitions[position] = JSON.Member(name, written)
            }
        }
        return .members(["$ref": .string("#/definitions/\(name)")])
    }

    mutating func object(_ table: KeyTable) -> JSON {
        var properties: [JSON.Member] = []
        for key in table.keys {
            guard let schema = schema(key.shape) else { continue }
            properties.append(
                JSON.Member(key.name, .members(["description": .string(key.says), "allOf": .array([schema])])))
        }
        let required = table.keys.filter(\.isRequired).map(\.name)
        let choices = table.exactlyOne.map { group in
            JSON.members(["oneOf": .array(group.map { .members(["required": .strings([$0])]) })])
        }
        var patterns: JSON?
        if let others = table.others, let schema = schema(others.shape) {
            patterns = .object([JSON.Member("^T(-(0|[1-9][0-9]{0,2})|\\+[1-9][0-9]{0,2})$", schema)])
        }
        return .members([
            "type": .string("object"),
            "properties": .object(properties),
            "patternProperties": patterns,
            "additionalProperties": .bool(false),
            "required": required.isEmpty ? nil : .strings(required),
            "allOf": choices.isEmpty ? nil : .array(choices),
            "dependencies": table.together.isEmpty ? nil : Self.dependencies(table.together),
        ])
    }

    private static func dependencies(_ pairs: [(key: String, needs: [String])]) -> JSON {
        .object(
            pairs.map { pair in
                let choices = pair.needs.map { JSON.members(["required": .strings([$0])]) }
                return JSON.Member(pair.key, .members(["anyOf": .array(choices)]))
            })
    }

    /// Nil for a key that is never right.
    mutating func schema(_ shape: Shape) -> JSON? {
        switch shape {
        case .text(let rule): return text(rule)
        case .integer(let range):
            return .members([
                "type": .string("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ])
        case .boolean: return .members(["type": .string("boolean")])
        case .duration: return Self.duration
        case .ratio(let from, let to): return ratio(from, to)
        case .choice(let words): return .members(["enum": .strings(words)])
        case .list(let element, let count):
            return .members([
                "type": .string("array"), "items": schema(element), "minItems": .integer(count.lowerBound),
                "maxItems": .integer(count.upperBound),
            ])
        case .keys(let table): return reference(table)
        case .named(let rule, let shape, _, let count):
            let names = JSON.members([
                "pattern": rule.pattern.map(JSON.string), "maxLength": .integer(rule.sizeMax),
            ])
            return .members([
                "type": .string("object"), "propertyNames": names, "additionalProperties": schema(shape),
                "minProperties": .integer(count.lowerBound), "maxProperties": .integer(count.upperBound),
            ])
        case .written(let value, let list, let mapping):
            let shapes = [value, list, mapping].compactMap { $0 }
            return .members(["anyOf": .array(shapes.compactMap { schema($0) })])
        case .word(let word, let shape):
            let shapes = [JSON.members(["enum": .strings([word])]), schema(shape)].compactMap { $0 }
            return .members(["anyOf": .array(shapes)])
        case .unsupported: return nil
        }
    }

    private func text(_ rule: TextRule) -> JSON {
        let types: JSON = rule.isNumberAllowed ? .strings(["string", "number", "boolean"]) : .string("string")
        return .members([
            "type": types, "minLength": rule.isEmptyAllowed ? nil : .integer(1), "maxLength": .integer(rule.sizeMax),
            "pattern": rule.pattern.map(JSON.string),
        ])
    }

    private static let duration = JSON.members([
        "type": .string("string"), "minLength": .integer(2),
        "pattern": .string("^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"),
    ])

    private func ratio(_ from: String, _ to: String) -> JSON {
        let number = JSON.members([
            "type": .string("number"), "minimum": Self.number(from), "maximum": Self.number(to),
        ])
        let text = JSON.members([
            "type": .string("string"), "pattern": .string("^-?[0-9]+(\\.[0-9]+)?%?$"),
        ])
        return .members(["anyOf": .array([text, number])])
    }

    private static func number(_ text: String) -> JSON? {
        guard let ratio = Ratio(decimalText: text) else { return nil }
        return .double(Double(ratio.numerator) / Double(ratio.denominator))
    }
}

extension KeyTable {
    /// Its noun as a name: `a judging rule` → `judging-rule`.
    var schemaName: String {
        let words = noun.split(separator: " ")
        let rest = ["a", "an", "the"].contains(words.first.map(String.init) ?? "") ? words.dropFirst() : words[...]
        return rest.joined(separator: "-").replacing("'", with: "")
    }
}
