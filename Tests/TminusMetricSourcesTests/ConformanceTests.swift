import CountConformance
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConformanceTests {
    private func check(_ bench: any CountBench, cannotBe states: Set<Observation>, _ row: Observation) async throws {
        let wasChecked = try await CountConformance.check(row, bench)
        #expect(wasChecked == !states.contains(row), "\(row)")
    }

    @Test(arguments: Observation.allCases)
    func pagesKeepTheMatrix(row: Observation) async throws {
        try await check(PagesBench(), cannotBe: [.warned, .unknownArm], row)
    }

    @Test(arguments: Observation.allCases)
    func prometheusKeepsTheMatrix(row: Observation) async throws {
        try await check(PrometheusBench(), cannotBe: [], row)
    }

    @Test(arguments: Observation.allCases)
    func aDocumentKeepsTheMatrix(row: Observation) async throws {
        try await check(JSONBench(), cannotBe: [.failuresMissing, .unknownArm], row)
    }

    @Test(arguments: Observation.allCases)
    func aCommandKeepsTheMatrix(row: Observation) async throws {
        try await check(CommandBench(), cannotBe: [.failuresMissing, .unknownArm], row)
    }

    @Test(arguments: Observation.allCases)
    func sqliteKeepsTheMatrix(row: Observation) async throws {
        try await check(try SQLiteBench(), cannotBe: [.failuresMissing, .warned, .notANumber, .cut], row)
    }
}
