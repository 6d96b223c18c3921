import MediaModel
import Testing

@Suite struct CountedNounTests {
    @Test func oneThingHasNoS() {
        #expect(
            "\(1, of: "tile"), \(0, of: "tile"), \(Int64(2), of: "tile")"
                == "1 tile, 0 tiles, 2 tiles")
        #expect(
            "\(1, of: "copy", plural: "copies") \(3, of: "copy", plural: "copies")"
                == "1 copy 3 copies")
    }
}
