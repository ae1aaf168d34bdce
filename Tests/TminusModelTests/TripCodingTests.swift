import Testing

@testable import TminusModel

struct TripCodingTests {
    private static let two = Ratio(numerator: 2, denominator: 1)

    @Test(arguments: [
        (
            JudgingRule.Trip.planned(
                PlannedLooks(
                    bound: Ratio(numerator: 15, denominator: 10), looks: 5, toFind: two, spending: .pocock,
                    informationThousandths: 8_000)),
            #"{"type":"plannedLooks","bound":"1.5","looks":5,"toFind":"2","spending":"pocock","#
                + #""informationThousandths":8000}"#
        ),
        (
            .slowerAbove(bound: two, harmlessBelow: Ratio(numerator: 3, denominator: 1)),
            #"{"type":"slowerAbove","bound":"2","harmlessBelow":"3"}"#
        ),
        (.meanAbove(tolerated: .milliseconds(20)), #"{"type":"meanAbove","toleratedMilliseconds":20}"#),
    ])
    func tripsAreWrittenAndRead(_ trip: JudgingRule.Trip, _ line: String) throws {
        #expect(trip.json.line == line)
        #expect(try JudgingRule.Trip(json: trip.json) == trip)
    }

    @Test func durationsAreWrittenBesideTheCountsAndOnlyWhenThereAreAny() throws {
        let at = Instant(millisecondsSinceEpoch: 1)
        var measurement = Measurement(from: at, to: at.advanced(by: .seconds(1)), subject: .noData("n"))
        #expect(
            measurement.json.line
                == #"{"fromMilliseconds":1,"toMilliseconds":1001,"subject":{"type":"noData","reason":"n"}}"#)
        measurement.subjectDurations = DurationGrowth(boundaries: [0.1, 2.5], atMost: [1, 7])
        measurement.baselineDurations = DurationGrowth(seconds: 1.25)
        #expect(
            measurement.json.line.hasSuffix(
                #""subjectDurations":{"boundaries":[0.1,2.5],"atMost":[1,7]},"baselineDurations":{"seconds":1.25}}"#))
        #expect(try Measurement(json: measurement.json) == measurement)
    }

    @Test(arguments: [
        #"{"boundaries":[1,1],"atMost":[1,1]}"#, #"{"boundaries":[1,2],"atMost":[2,1]}"#, #"{"boundaries":[1]}"#,
        #"{"boundaries":[1],"atMost":[-1]}"#, #"{"seconds":-1}"#, #"{"seconds":"1"}"#, #"{"minutes":1}"#,
    ])
    func durationsThatMakeNoSenseAreRefused(_ text: String) throws {
        let json = try JSON(parsing: text)
        #expect(throws: CodingFault.self) { try DurationGrowth(json: json) }
    }
}
