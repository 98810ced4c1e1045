package org.ringfence.machine.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * A machine without confidential hardware: the guest's accesses work, the host's too, and the monitor alone keeps its
 * inner guest out.
 */
class PlainTest {
    private static final Actor GUEST = new Actor(0, Principal.GUEST, "monitor");
    private static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    private static final Actor HOST = new Actor(-1, Principal.HOST, "host");
    private static final long PAGE = Geometry.SMALL;

    private record Bed(Machine machine, Plain plain, State state) {
        static Bed of(boolean keepsStale) {
            return of(true, keepsStale);
        }

        static Bed of(boolean hasInner, boolean keepsStale) {
            Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 3, 1, declaration -> {
                Memory memory = Memory.declare(declaration, new Geometry(2, 3, 1), 0);
                return Machine.of(memory, Plain.declare(declaration, memory, hasInner, keepsStale));
            });
            Bed bed = new Bed(placed.machine(), placed.machine().part(Plain.class), placed.layout().newState());
            bed.plain.start(bed.state);
            return bed;
        }

        long take(Actor actor, Operation<?> operation) {
            return operation.on(machine, actor).take(state);
        }
    }

    private Bed bed = Bed.of(true);

    @Test
    void withoutAnInnerGuestNothingIsFlushedNorStale() {
        Bed alone = Bed.of(false, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> alone.take(GUEST, new Invept()))
                .withMessage("there is no inner guest; native has one with l2: true");
        assertThat(alone.plain.keepsStale()).isFalse();
    }

    @BeforeEach
    void begin() {
        bed = Bed.of(true);
    }

    @Test
    void bothMappingsOfAPageAreOneMemoryAndNothingIsValidated() {
        assertThat(bed.take(GUEST, new Store(PAGE, Mapping.PRIVATE, Value.DATA))).isZero();
        assertThat(bed.take(GUEST, new Load(PAGE, Mapping.SHARED))).isEqualTo(Loaded.DATA.ordinal());
    }

    @Test
    void theHostReadsAndWritesWhatTheGuestHas() {
        bed.take(GUEST, new Store(PAGE, Value.DATA));

        bed.state.forgetObserved();
        bed.take(HOST, new Reach(Principal.HOST, 1, false));
        assertThat(org.ringfence.machine.operation.Property.CONFIDENTIALITY.isBrokenIn(bed.state.observed())).isTrue();

        bed.take(HOST, new Reach(Principal.HOST, 1, true));
        assertThat(bed.take(GUEST, new Load(PAGE))).isEqualTo(Loaded.HOST.ordinal());
    }

    @Test
    void theInnerGuestDoesWhatItsEntryAllows() {
        assertThat(bed.take(INNER, new Load(PAGE))).isEqualTo(Outcome.WAITS);
        bed.take(GUEST, new MapInner(PAGE, InnerAccess.READ));
        assertThat(bed.take(INNER, new Load(PAGE))).isEqualTo(Loaded.ZERO.ordinal());
        assertThat(bed.take(INNER, new Store(PAGE, Value.INNER))).isEqualTo(Outcome.WAITS);
        bed.take(GUEST, new MapInner(PAGE, InnerAccess.READ_WRITE));
        assertThat(bed.take(INNER, new Store(PAGE, Value.INNER))).isZero();
    }

    @Test
    void aTranslationOutlivesItsEntryUntilTheFlush() {
        bed.take(GUEST, new MapInner(PAGE, InnerAccess.READ));
        bed.take(GUEST, new MapInner(PAGE, InnerAccess.NONE));
        assertThat(bed.take(INNER, new Load(PAGE))).isEqualTo(Loaded.ZERO.ordinal());
        assertThat(bed.take(INNER, new Store(PAGE, Value.INNER))).as("it was read-only").isEqualTo(Outcome.WAITS);
        bed.take(GUEST, new Invept());
        assertThat(bed.take(INNER, new Load(PAGE))).isEqualTo(Outcome.WAITS);
    }

    @Test
    void withoutStaleTranslationsAnEntryTakenAwayIsGoneAtOnce() {
        Bed immediate = Bed.of(false);
        immediate.take(GUEST, new MapInner(PAGE, InnerAccess.READ_WRITE));
        immediate.take(GUEST, new MapInner(PAGE, InnerAccess.NONE));
        assertThat(immediate.take(INNER, new Load(PAGE))).isEqualTo(Outcome.WAITS);
    }

    @Property(tries = 200)
    void aFamilyIsTheSameAsTryingEveryArgument(@ForAll long seed) {
        Random random = new Random(seed);
        Bed any = Bed.of(random.nextBoolean());
        List<Family> families = new ArrayList<>(ReachFamily.maliciousHost(any.machine));
        families.addAll(ReachFamily.maliciousInnerGuest(any.machine));
        assertThat(ReachFamily.retroactiveHost(any.machine)).hasSize(1);
        for (int step = 0; step < 10; step++) {
            InnerAccess access = InnerAccess.values()[random.nextInt(3)];
            any.take(GUEST, new MapInner(random.nextInt(2) * PAGE, access));
            any.take(GUEST, new Store(random.nextInt(2) * PAGE, Value.values()[random.nextInt(5)]));
            for (Family family : families) {
                assertThat(enumerated(family, any.state)).as(family.toString()).isEqualTo(tried(any, family));
            }
        }
    }

    /** Arguments with the words they lead to and the marks. */
    private static Set<List<Object>> tried(Bed bed, Family family) {
        Set<List<Object>> found = new TreeSet<>(java.util.Comparator.comparing(Object::toString));
        for (int arguments : family.arguments()) {
            State copy = bed.state.snapshot();
            long outcome = family.operation(arguments).on(bed.machine, family.actor()).take(copy);
            if (outcome == 0) {
                found.add(List.of(arguments, Arrays.toString(copy.words()), copy.observed()));
            }
        }
        return found;
    }

    private static Set<List<Object>> enumerated(Family family, State state) {
        Set<List<Object>> found = new TreeSet<>(java.util.Comparator.comparing(Object::toString));
        Successors successors = new Successors(state);
        successors.begin();
        family.each(state, successors);
        int taken = successors.taken();
        for (int ordinal = 0; ordinal < taken; ordinal++) {
            successors.want(ordinal);
            successors.begin();
            family.each(state, successors);
            found.add(List.of(
                    successors.wantedArguments(),
                    Arrays.toString(successors.wantedWords()),
                    successors.wantedMarks()));
        }
        return found;
    }
}
