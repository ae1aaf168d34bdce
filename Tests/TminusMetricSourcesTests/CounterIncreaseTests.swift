import Testing
import TminusModel
import TminusPorts

@Suite struct CounterIncreaseTests {
    private let indicator = Indicator(
        name: "availability",
        good: CounterSelector(metric: "requests_total", labels: [Variable(name: "code", value: "200")]),
        total: CounterSelector(metric: "requests_total")
    )

    /// Seconds, good and total of one process; nil for no series.
    private func scrapes(_ readings: [(Int64, Double?, Double?)]) -> [Scrape] {
        readings.map { seconds, good, total in
            scrape(
                seconds, good: good.map { [.init(identity: "", count: $0)] } ?? [],
                total: total.map { [.init(identity: "", count: $0)] } ?? []
            )
        }
    }

    private func scrape(_ seconds: Int64, good: [CounterValue.Series], total: [CounterValue.Series]) -> Scrape {
        Scrape(
            endpoint: "http://127.0.0.1:1/metrics", at: Instant(millisecondsSinceEpoch: seconds * 1000),
            values: [
                CounterValue(selector: indicator.part, series: good),
                CounterValue(selector: indicator.total, series: total),
            ]
        )
    }

    private func read(
        _ scrapes: [Scrape], from: Int64 = 100, to: Int64 = 200
    ) -> (reading: ArmReading, observed: Duration) {
        CounterIncrease.reading(
            of: indicator, in: scrapes, from: Instant(millisecondsSinceEpoch: from * 1000),
            to: Instant(millisecondsSinceEpoch: to * 1000), every: .seconds(10)
        )
    }

    private func counts(_ good: Int64, _ total: Int64) throws -> ArmReading {
        .counts(try #require(GoodTotal(good: good, total: total)))
    }

    @Test func theIncreaseRunsFromTheLastScrapeBeforeTheInterval() throws {
        let (reading, observed) = read(scrapes([(95, 900, 1000), (110, 950, 1060), (195, 1000, 1200)]))
        #expect(reading == (try counts(100, 200)))
        #expect(observed == .seconds(10))
    }

    @Test func timeIsObservedWhereNoGapIsLongerThanThreeIntervals() throws {
        let (reading, observed) = read(
            scrapes([(90, 0, 0), (120, 1, 1), (150, 2, 2), (181, 3, 3), (190, 4, 4), (200, 5, 5)])
        )
        #expect(reading == (try counts(5, 5)))
        #expect(observed == .seconds(20 + 30 + 9 + 10))
    }

    @Test func aRestartCountsFromZero() throws {
        let (reading, _) = read(scrapes([(100, 900, 1000), (150, 5, 10), (190, 8, 20), (200, 1, 1)]))
        #expect(reading == (try counts(9, 21)))
    }

    @Test func eachSeriesHasItsOwnRestarts() throws {
        let (reading, _) = read([
            scrape(
                100, good: [.init(identity: "pod=a", count: 50), .init(identity: "pod=b", count: 50)],
                total: [.init(identity: "pod=a", count: 60), .init(identity: "pod=b", count: 60)]
            ),
            scrape(
                190, good: [.init(identity: "pod=a", count: 70), .init(identity: "pod=b", count: 4)],
                total: [.init(identity: "pod=a", count: 81), .init(identity: "pod=b", count: 5)]
            ),
        ])
        #expect(reading == (try counts(24, 26)))
    }

    @Test func aSeriesThatAppearsLaterCountsFromZero() throws {
        let (reading, _) = read([
            scrape(100, good: [.init(identity: "b", count: 7)], total: [.init(identity: "b", count: 7)]),
            scrape(
                190, good: [.init(identity: "a", count: 3), .init(identity: "b", count: 7)],
                total: [.init(identity: "a", count: 4), .init(identity: "b", count: 8)]
            ),
        ])
        #expect(reading == (try counts(3, 5)))
    }

    @Test func aSeriesThatCameBackGoesOnFromWhereItWas() throws {
        let (reading, _) = read(scrapes([(100, 10, 10), (150, nil, nil), (190, 15, 17)]))
        #expect(reading == (try counts(5, 7)))
    }

    @Test func theFirstScrapeEverIsOnlyAStart() throws {
        let (reading, observed) = read(scrapes([(180, 5000, 6000), (190, 5001, 6002)]))
        #expect(reading == (try counts(1, 2)))
        #expect(observed == .seconds(10))
    }

    @Test func aStartOlderThanThreeIntervalsIsNoStart() throws {
        let (reading, _) = read(scrapes([(69, 0, 0), (180, 5000, 6000), (190, 5001, 6002)]))
        #expect(reading == (try counts(1, 2)))
    }

    @Test func aScrapeThatDidNotAskForTheIndicatorIsNoStart() throws {
        var other = scrape(100, good: [], total: [])
        other.values = []
        let (reading, _) = read([other] + scrapes([(180, 5000, 6000), (190, 5001, 6002)]))
        #expect(reading == (try counts(1, 2)))
    }

    @Test func noTrafficIsACountOfZero() throws {
        let (reading, observed) = read(scrapes([(100, 5, 5), (120, 5, 5), (140, 5, 5), (170, 5, 5), (200, 5, 5)]))
        #expect(reading == (try counts(0, 0)))
        #expect(observed == .seconds(100))
    }

    @Test func missingScrapesAreNoData() {
        #expect(read([]).reading == .noData("no scrape of requests_total in the last 1m40s"))
        #expect(read(scrapes([(100, 1, 1)])).reading == .noData("no scrape of requests_total in the last 1m40s"))
        #expect(
            read(scrapes([(190, 1, 1)])).reading
                == .noData("one scrape in the last 1m40s, and an increase needs two; wait for the next")
        )
    }

    @Test func aSilentEndpointIsNoDataHoweverMuchWasSeenBefore() {
        let (reading, observed) = read(scrapes([(100, 0, 0), (120, 9, 9), (140, 20, 20), (169, 30, 30)]))
        #expect(reading == .noData("the newest scrape is 31s old; check that the endpoint answers"))
        #expect(observed == .seconds(69))
    }

    @Test func aMissingTotalOrGoodIsNoDataNeverZero() {
        #expect(
            read(scrapes([(100, nil, nil), (190, nil, nil)])).reading
                == .noData("the endpoint has no series for requests_total (total of availability)")
        )
        #expect(
            read(scrapes([(100, nil, 5), (190, nil, 9)])).reading
                == .noData(
                    "the endpoint has no series for requests_total{code=\"200\"} (good of availability); "
                        + "export it as 0 from the start, so that absent never means none"
                )
        )
        #expect(
            read(scrapes([(100, 5, 5), (190, nil, 9)])).reading
                == .noData(
                    "the endpoint has no series for requests_total{code=\"200\"} (good of availability); "
                        + "export it as 0 from the start, so that absent never means none"
                )
        )
    }

    @Test func moreGoodThanTotalIsAnError() {
        #expect(
            read(scrapes([(100, 0, 0), (190, 9, 8)])).reading
                == .error(
                    "availability: 9 good of only 8 in total; "
                        + "check that requests_total{code=\"200\"} counts a part of requests_total"
                )
        )
    }

    @Test(arguments: [Double.nan, .infinity, -1, 1e300])
    func aValueThatIsNoCountIsAnError(value: Double) {
        let wrong = ArmReading.error("the counters of availability are not finite counts ≥ 0")
        #expect(read(scrapes([(100, 0, 0), (190, 0, value)])).reading == wrong)
        guard value < 0 || !value.isFinite else { return }
        #expect(read(scrapes([(100, value, 0), (190, 0, 0)])).reading == wrong)
    }

    @Test func scrapesAfterTheIntervalAreNotItsOwn() throws {
        #expect(read(scrapes([(100, 0, 0), (190, 1, 2), (201, 100, 100)])).reading == (try counts(1, 2)))
    }
}
