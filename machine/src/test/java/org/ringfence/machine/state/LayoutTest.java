package org.ringfence.machine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Fields lie side by side, wherever a layout puts them. */
class LayoutTest {

    /** Kinds of fields, one of them a machine's only state at times. */
    private enum Colour {
        RED,
        GREEN,
        BLUE
    }

    private enum Only {
        ONE
    }

    /** A table as drawn: how many entries, and each field's width in bits or what it is. */
    private record Draft(int count, boolean perFrame, List<Integer> kinds) {}

    private record Place(int table, int field, int index) {}

    /** Random tables, among them entries of several words, fields of no width, tables of no entries and of many. */
    private static List<Draft> drafts(SplittableRandom random) {
        List<Draft> drafts = new ArrayList<>();
        for (int t = random.nextInt(7); t >= 0; t--) {
            List<Integer> kinds = new ArrayList<>();
            for (int f = random.nextInt(random.nextInt(8) == 0 ? 12 : 5); f >= 0; f--) {
                kinds.add(random.nextInt(12));
            }
            int count = switch (random.nextInt(6)) {
                case 0 -> 1;
                case 1 -> 0;
                case 2 -> 1 + random.nextInt(200);
                default -> 1 + random.nextInt(9);
            };
            drafts.add(new Draft(count, random.nextInt(4) == 0, kinds));
        }
        return drafts;
    }

    private static Layout layout(List<Draft> drafts, Layout.Storage storage, int frames) {
        return Layout.of(storage, frames, 1, declaration -> {
            for (int t = 0; t < drafts.size(); t++) {
                Draft draft = drafts.get(t);
                Table table = draft.perFrame
                        ? declaration.perFrame("t" + t)
                        : declaration.table("t" + t, "number", draft.count);
                for (int f = 0; f < draft.kinds.size(); f++) {
                    declare(table, "f" + f, draft.kinds.get(f));
                }
            }
            return declaration;
        })
                .layout();
    }

    private static void declare(Table table, String name, int kind) {
        switch (kind) {
            case 0 -> table.flag(name);
            case 1 -> table.word(name);
            case 2 -> table.bounded(name, 0);
            case 3 -> table.bounded(name, 6);
            case 4 -> table.bounded(name, Integer.MAX_VALUE);
            case 5 -> table.enumerated(name, Colour.class);
            case 6 -> table.enumerated(name, Only.class);
            case 7 -> table.bits(name, 64);
            case 8 -> table.bits(name, 37);
            case 9 -> table.frame(name);
            case 10 -> table.frameSet(name);
            default -> table.bounded(name, 1_000_000);
        }
    }

    private static long width(Layout.Field field) {
        return switch (field.kind()) {
            case Layout.Kind.Truth() -> 1;
            case Layout.Kind.Constant(var type) -> type == Colour.class ? 2 : 0;
            case Layout.Kind.Number(int max, ValueNames names) -> 32 - Integer.numberOfLeadingZeros(max);
            case Layout.Kind.Raw() -> 64;
            case Layout.Kind.Set set -> Long.bitCount(field.cells().mask());
            case Layout.Kind.Constants(var type) -> type.getEnumConstants().length;
            case Layout.Kind.FrameName() -> 2;
            case Layout.Kind.PageName _ -> Long.bitCount(field.cells().mask());
            case Layout.Kind.Pages() -> Long.bitCount(field.cells().mask());
        };
    }

    private static long random(SplittableRandom random, Layout.Field field) {
        return switch (field.kind()) {
            case Layout.Kind.Constant(var type) -> random.nextInt(type.getEnumConstants().length);
            case Layout.Kind.Number(int max, ValueNames names) -> random.nextLong(max + 1L);
            case Layout.Kind.FrameName() -> random.nextInt(4);
            default -> random.nextLong() & field.cells().mask();
        };
    }

    @Property(tries = 1_000)
    void fieldsKeepWhatIsStoredInThemWhateverIsStoredInOthers(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Draft> drafts = drafts(random);
        Layout packed = layout(drafts, Layout.Storage.PACKED, 3);
        Layout large = layout(drafts, Layout.Storage.LARGE, 3);
        State inPacked = packed.newState();
        State inLarge = large.newState();
        Map<Place, Long> expected = new HashMap<>();

        for (int i = 0; i < 300; i++) {
            int t = random.nextInt(drafts.size());
            Layout.Table table = packed.tables().get(t);
            if (table.count() == 0) {
                continue;
            }
            int f = random.nextInt(table.fields().size());
            int index = random.nextInt(table.count());
            long bits = random(random, table.fields().get(f));
            table.fields().get(f).set(inPacked, index, bits);
            large.tables().get(t).fields().get(f).set(inLarge, index, bits);
            expected.put(new Place(t, f, index), bits);
        }

        for (int t = 0; t < drafts.size(); t++) {
            for (int f = 0; f < packed.tables().get(t).fields().size(); f++) {
                Layout.Field field = packed.tables().get(t).fields().get(f);
                assertThat((long) Long.bitCount(field.cells().mask())).as("width of %s", field).isEqualTo(width(field));
                for (int index = 0; index < packed.tables().get(t).count(); index++) {
                    long bits = expected.getOrDefault(new Place(t, f, index), 0L);
                    assertThat(field.get(inPacked, index))
                            .as("packed, table %d, entry %d, field %s of %s", t, index, field, drafts)
                            .isEqualTo(bits);
                    assertThat(large.tables().get(t).fields().get(f).get(inLarge, index))
                            .as("large, table %d, entry %d, field %s of %s", t, index, field, drafts)
                            .isEqualTo(bits);
                }
            }
        }
        assertThat(packed.describe(inPacked)).isEqualTo(large.describe(inLarge));
    }

    @Property(tries = 500)
    void noTwoFieldsShareABit(@ForAll long seed) {
        List<Draft> drafts = drafts(new SplittableRandom(seed));
        for (Layout.Storage storage : Layout.Storage.values()) {
            Layout layout = layout(drafts, storage, 3);
            State all = layout.newState();
            long bits = 0;
            for (Layout.Table table : layout.tables()) {
                for (int i = 0; i < table.count(); i++) {
                    for (Layout.Field field : table.fields()) {
                        assertThat(field.get(all, i)).as("%s of entry %d, all before it set", field, i).isZero();
                        field.set(all, i, field.cells().mask());
                        bits += Long.bitCount(field.cells().mask());
                    }
                }
            }
            assertThat(layout.bits()).isEqualTo((int) bits);
            long set = 0;
            for (long word : all.words) {
                set += Long.bitCount(word);
            }
            for (long[] words : all.large) {
                for (long word : words) {
                    set += Long.bitCount(word);
                }
            }
            assertThat(set).as("bits set, %s", storage).isEqualTo(bits);
        }
    }

    @Property(tries = 500)
    void aPackedLayoutWastesLessThanAWordATable(@ForAll long seed) {
        List<Draft> drafts = drafts(new SplittableRandom(seed)).stream()
                .map(draft -> new Draft(Math.min(draft.count, 5), draft.perFrame, draft.kinds.subList(0, 1)))
                .toList();
        Layout layout = layout(drafts, Layout.Storage.PACKED, 3);

        int least = (layout.bits() + 63) / 64;

        // Entries do not cross words: of a table that does not fit one, each word may be half empty.
        assertThat(layout.words()).isLessThanOrEqualTo(Math.max(1, 2 * least + drafts.size()));
    }

    // ---- typed views

    private record Views(
            Flag flag, Enumerated<Colour> colour, Bounded number, Word word, Bits bits, FrameRef frame, Bits frames) {}

    private static Layout.Placed<Views> views(Layout.Storage storage) {
        return Layout.of(storage, 5, 1, declaration -> {
            Table table = declaration.table("page", "number", 11);
            return new Views(
                    table.flag("flag"),
                    table.enumerated("colour", Colour.class),
                    table.bounded("count", 9),
                    table.word("word"),
                    table.bits("bits", 7),
                    table.frame("frame"),
                    table.frameSet("frames"));
        });
    }

    @Test
    void eachViewReadsWhatItStored() {
        for (Layout.Storage storage : Layout.Storage.values()) {
            Layout.Placed<Views> placed = views(storage);
            Views views = placed.machine();
            State state = placed.layout().newState();
            for (int i = 0; i < 11; i++) {
                assertThat(views.frame.get(state, i)).isEqualTo(FrameRef.NONE);
                assertThat(views.colour.get(state, i)).isEqualTo(Colour.RED);
                views.flag.set(state, i, i % 2 == 0);
                views.colour.set(state, i, Colour.values()[i % 3]);
                views.number.set(state, i, i % 10);
                views.word.set(state, i, -i);
                views.bits.set(state, i, i);
                views.bits.add(state, i, 6);
                views.bits.remove(state, i, 0);
                views.frame.set(state, i, i % 6 - 1);
                views.frames.add(state, i, i % 5);
            }
            for (int i = 0; i < 11; i++) {
                assertThat(views.flag.get(state, i)).isEqualTo(i % 2 == 0);
                assertThat(views.colour.get(state, i)).isEqualTo(Colour.values()[i % 3]);
                assertThat(views.colour.is(state, i, Colour.values()[i % 3])).isTrue();
                assertThat(views.colour.ordinal(state, i)).isEqualTo(i % 3);
                assertThat(views.number.get(state, i)).isEqualTo(i % 10);
                assertThat(views.word.get(state, i)).isEqualTo(-i);
                assertThat(views.bits.get(state, i)).isEqualTo((i | 64) & ~1);
                assertThat(views.bits.has(state, i, 6)).isTrue();
                assertThat(views.bits.has(state, i, 0)).isFalse();
                assertThat(views.frame.get(state, i)).isEqualTo(i % 6 - 1);
                assertThat(views.frames.get(state, i)).isEqualTo(1L << i % 5);
            }
        }
    }

    @Test
    void aDiffNamesEachFieldThatChangedAndBothItsValues() {
        Layout.Placed<Views> placed = views(Layout.Storage.PACKED);
        State before = placed.layout().newState();
        State after = before.snapshot();
        Views views = placed.machine();
        views.flag.set(after, 0, true);
        views.colour.set(after, 3, Colour.BLUE);
        views.number.set(after, 3, 7);
        views.word.set(after, 4, 255);
        views.bits.set(after, 5, 0b1010);
        views.frame.set(after, 10, 4);
        views.frames.add(after, 10, 2);

        assertThat(placed.layout().diff(before, after)).extracting(Layout.Change::toString).containsExactly(
                "page number 0 flag: no -> yes",
                "page number 3 colour: RED -> BLUE",
                "page number 3 count: 0 -> 7",
                "page number 4 word: 0x0000000000000000 -> 0x00000000000000FF",
                "page number 5 bits: [] -> [1, 3]",
                "page number 10 frame: none -> 4",
                "page number 10 frames: [] -> [2]");
        assertThat(placed.layout().diff(after, after.snapshot())).isEmpty();
        assertThat(placed.layout().describe(after))
                .contains("page number 3: colour BLUE, count 7", "page number 10: colour RED, frame 4, frames [2]");
    }

    @Test
    void aFieldWithoutABitIsNotPrinted() {
        Layout.Placed<Enumerated<Lonely>> placed = Layout.of(
                Layout.Storage.PACKED, 1, 1,
                declaration -> declaration.single("thing").enumerated("kind", Lonely.class));
        assertThat(placed.layout().describe(placed.layout().newState())).isEmpty();
    }

    private enum Lonely {
        ONLY
    }

    @Property(tries = 300)
    void aDiffIsEmptyExactlyWhenTheWordsAreTheSame(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Layout layout = layout(drafts(random), Layout.Storage.PACKED, 3);
        State one = layout.newState();
        State other = layout.newState();
        for (State state : List.of(one, other)) {
            for (Layout.Table table : layout.tables()) {
                for (int i = 0; i < table.count(); i++) {
                    for (Layout.Field field : table.fields()) {
                        field.set(state, i, random.nextInt(30) == 0 ? random(random, field) : 0);
                    }
                }
            }
        }

        assertThat(layout.diff(one, other).isEmpty()).isEqualTo(one.sameWords(other));
        assertThat(layout.diff(one, one)).isEmpty();
    }

    @Test
    void aMachineThatDeclaresOtherwiseTheSecondTimeIsRefused() {
        for (int variant = 0; variant < 4; variant++) {
            int which = variant;
            AtomicInteger times = new AtomicInteger();
            assertThatThrownBy(() -> Layout.of(Layout.Storage.PACKED, 0, 1, declaration -> {
                boolean again = times.getAndIncrement() > 0;
                Table table = declaration.table("pages", "page", again && which == 0 ? 3 : 2);
                table.bounded("count", again && which == 1 ? 9 : 3);
                if (!(again && which == 2)) {
                    table.flag("present");
                }
                if (again && which == 3) {
                    declaration.single("more").flag("flag");
                }
                return declaration;
            }))
                    .as("variant %d", which)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("declares");
        }
    }

    @Test
    void aSetOfMoreThanSixtyFourIsRefused() {
        assertThatThrownBy(() -> Layout.of(
                Layout.Storage.PACKED, 0, 1, declaration -> declaration.single("set").bits("bits", 65)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(
                Layout.Storage.PACKED, 65, 1, declaration -> declaration.single("set").frameSet("frames")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPackedTableOfMillionsOfEntriesIsPlacedAsItIs() {
        Layout.Placed<Word> placed = Layout.of(
                Layout.Storage.PACKED, 0, 1, declaration -> declaration.table("pages", "page", 1 << 25).word("entry"));

        assertThat(placed.layout().words()).isEqualTo(1 << 25);
    }

    @Test
    void numbersThatStandForSomethingPrintAsThat() {
        record Fields(Bounded large, Bounded age, Bounded cpu, Bounded colour, Bounded rights, Bits permits) {}
        Layout.Placed<Fields> placed = Layout.of(Layout.Storage.PACKED, 0, 1, declaration -> {
            Table table = declaration.single("all");
            return new Fields(
                    table.truth("large", true),
                    table.bounded("age", 3, ValueNames.of("old", "new")),
                    table.bounded("CPU", 4, ValueNames.orNone("none", 2, "gone")),
                    table.bounded("colour", 3, ValueNames.orNone("none", Colour.class)),
                    table.bounded("rights", 7, ValueNames.bits("read", "write")),
                    table.bits("permits", 2, ValueNames.of("read", "write")));
        });
        State before = placed.layout().newState();
        State after = before.snapshot();
        placed.machine().large.set(after, 1);
        placed.machine().age.set(after, 2);
        placed.machine().cpu.set(after, 3);
        placed.machine().colour.set(after, 1);
        placed.machine().rights.set(after, 5);
        placed.machine().permits.set(after, 0, 2);

        assertThat(placed.layout().diff(before, after).stream().map(Layout.Change::toString))
                .containsExactly(
                        "all large: no -> yes",
                        "all age: old -> 2",
                        "all CPU: none -> gone",
                        "all colour: none -> " + Colour.values()[0],
                        "all rights: [] -> [read, bit 2]",
                        "all permits: [] -> [write]");
    }

    @Test
    void namesBehindManyNumbersTakeNoRoom() {
        ValueNames slots = ValueNames.orNone("none", Integer.MAX_VALUE - 2, "guard");
        assertThat(slots.print(0)).isEqualTo("none");
        assertThat(slots.print(8)).isEqualTo("7");
        assertThat(slots.print(Integer.MAX_VALUE - 1)).isEqualTo("guard");
    }
}
