package org.ringfence.stack.host.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.law.SnpInjectivity;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.stack.host.kvm.Hosting.Conversion;

/** An honest host keeps a well-behaved guest running, whatever the guest asks for. */
class ServeGuestTest {

    /** What the guest of a test keeps in a page. */
    private enum Held {
        NOTHING,
        PRIVATE,
        SHARED
    }

    static Stream<Hosting> hostings() {
        Geometry small = new Geometry(3, 4, 1);
        Geometry large = new Geometry(4, 8, 2);
        Geometry larger = new Geometry(8, 16, 4);
        return Stream.of(Conversion.values())
                .flatMap(conversion -> Stream.of(
                        new Hosting(small, Level.SIZE_4K, conversion),
                        new Hosting(large, Level.SIZE_4K, conversion),
                        new Hosting(large, Level.SIZE_2M, conversion),
                        new Hosting(larger, Level.SIZE_2M, conversion)));
    }

    @ParameterizedTest
    @MethodSource("hostings")
    void aGuestThatRescindsAndValidatesFindsWhatItStored(Hosting hosting) {
        for (long seed = 0; seed < 60; seed++) {
            new Guest(hosting, seed).live(200);
        }
    }

    @Test
    void aRefusalByTheVmplAloneIsResumedForEver() {
        TestBed bed = new TestBed(
                new Hosting(new Geometry(1, 1, 1), Level.SIZE_4K, Conversion.IN_PLACE),
                RmpOptions.least().withVmpl(2),
                0);
        bed.ask(TestBed.GUEST, Pvalidate.validate(0, Level.SIZE_4K));

        assertThatThrownBy(() -> bed.ask(TestBed.INNER, new Load(0)))
                .hasMessageContaining("the host has resumed the guest ten times, and still it exits");
    }

    @Test
    void aSharedAccessToAPrivatePageConvertsItImplicitly() {
        TestBed bed = new TestBed(
                new Hosting(new Geometry(1, 2, 1), Level.SIZE_4K, Conversion.SEPARATE), RmpOptions.least(), 0);
        bed.ask(TestBed.GUEST, Pvalidate.validate(0, Level.SIZE_4K));
        bed.ask(TestBed.GUEST, new Store(0, Value.DATA));

        assertThat(bed.ask(TestBed.GUEST, new Store(0, Mapping.SHARED, Value.LAUNCH))).isEqualTo(Stored.STORED);
        assertThat(bed.ask(TestBed.GUEST, new Load(0))).isEqualTo(Loaded.PAGE_NOT_VALIDATED);
    }

    @Test
    void aMachineWithoutLargePagesIsNotBackedWithThem() {
        assertThatThrownBy(() -> new Hosting(new Geometry(1, 1, 1), Level.SIZE_2M, Conversion.IN_PLACE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A guest that keeps track of its pages as it should. */
    private static final class Guest {
        private final Random random;
        private final Geometry geometry;
        private final TestBed bed;
        private final Held[] held;
        private final Value[] stored;

        Guest(Hosting hosting, long seed) {
            this.random = new Random(seed);
            this.geometry = hosting.geometry();
            this.bed = new TestBed(hosting, RmpOptions.least(), seed);
            this.held = new Held[geometry.pages()];
            this.stored = new Value[geometry.pages()];
            Arrays.fill(held, Held.NOTHING);
            Arrays.fill(stored, Value.ZERO);
        }

        void live(int steps) {
            for (int i = 0; i < steps; i++) {
                int page = random.nextInt(geometry.pages());
                switch (random.nextInt(4)) {
                    case 0 -> use(page);
                    case 1 -> use(page);
                    case 2 -> change(page, Level.SIZE_4K);
                    default -> change(
                            geometry.head(page), geometry.hasLargePages() ? Level.SIZE_2M : Level.SIZE_4K);
                }
                assertAccountsAgree();
            }
        }

        private void use(int page) {
            long gpa = geometry.gpa(page);
            if (held[page] == Held.NOTHING) {
                validate(page, Level.SIZE_4K);
            }
            Mapping mapping = held[page] == Held.PRIVATE ? Mapping.PRIVATE : Mapping.SHARED;
            if (stored[page] != Value.ZERO) {
                assertThat(bed.ask(TestBed.GUEST, new Load(gpa, mapping)).name()).isEqualTo(stored[page].name());
            }
            stored[page] = random.nextBoolean() ? Value.DATA : Value.NEWER;
            assertThat(bed.ask(TestBed.GUEST, new Store(gpa, mapping, stored[page]))).isEqualTo(Stored.STORED);
        }

        private void change(int page, Level size) {
            long gpa = geometry.gpa(page);
            for (int i = page; i < page + geometry.span(size); i++) {
                if (held[i] == Held.PRIVATE) {
                    assertThat(bed.ask(TestBed.GUEST, Pvalidate.rescind(geometry.gpa(i), Level.SIZE_4K)))
                            .isEqualTo(PvalidateResult.CHANGED);
                }
            }
            Target target = random.nextBoolean() ? Target.PRIVATE : Target.SHARED;
            assertThat(bed.changed(new PageStateChange(gpa, target, size))).isTrue();
            for (int i = page; i < page + geometry.span(size); i++) {
                held[i] = target == Target.SHARED ? Held.SHARED : Held.NOTHING;
                stored[i] = Value.ZERO;
            }
            if (target == Target.PRIVATE) {
                validate(page, size);
            }
        }

        private void validate(int page, Level size) {
            PvalidateResult result = bed.ask(TestBed.GUEST, Pvalidate.validate(geometry.gpa(page), size));
            if (result == PvalidateResult.FAIL_SIZEMISMATCH) {
                for (int i = page; i < page + geometry.span(size); i++) {
                    validate(i, Level.SIZE_4K);
                }
                return;
            }
            assertThat(result).isEqualTo(PvalidateResult.CHANGED);
            for (int i = page; i < page + geometry.span(size); i++) {
                held[i] = Held.PRIVATE;
            }
        }

        private void assertAccountsAgree() {
            long marks = new SnpInjectivity(bed.parts.snp()).judge(bed.state);
            assertThat(Property.INJECTIVITY.isBrokenIn(marks)).isFalse();
            boolean[] mapped = new boolean[geometry.frames()];
            for (int page = 0; page < geometry.pages(); page++) {
                int frame = bed.parts.snp().npt().lookup(bed.state, page);
                if (frame >= 0) {
                    assertThat(mapped[frame]).as("frame %d mapped twice", frame).isFalse();
                    mapped[frame] = true;
                }
            }
            for (int frame = 0; frame < geometry.frames(); frame++) {
                assertThat(bed.parts.pool().used().get(bed.state, frame)).isEqualTo(mapped[frame]);
                assertThat(!bed.parts.snp().rmp().isAssigned(bed.state, frame) || mapped[frame]).isTrue();
            }
        }
    }
}
