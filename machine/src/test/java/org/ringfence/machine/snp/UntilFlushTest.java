package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.snp.adversary.InnerLoad;
import org.ringfence.machine.snp.adversary.InnerStore;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * Where RMP changes do not reach nested translations at once, what was taken from the inner guest stays usable until a
 * flush, and no longer.
 */
class UntilFlushTest {
    private static final Geometry GEOMETRY = new Geometry(2, 2, 2);
    private static final Actor MONITOR = new Actor(0, Principal.GUEST, "monitor");
    private static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    private static final Actor HOST = new Actor(2, Principal.HOST, "host");

    private Layout.Placed<Machine> placed = placed(true);
    private Machine machine = placed.machine();
    private State state = start();

    private static Layout.Placed<Machine> placed(boolean untilFlush) {
        return Layout.of(Layout.Storage.PACKED, 2, 2, declaration -> {
            RmpOptions least = RmpOptions.least().withVmpl(Snp.INNER_VMPL);
            RmpOptions options = untilFlush ? least.with(RmpFeature.UNTIL_FLUSH) : least;
            Cpus cpus = Cpus.declare(declaration, 3, PageStateChange.KNOWN_ANSWERS);
            return Machine.of(
                    cpus,
                    Memory.declare(declaration, GEOMETRY, Snp.GUEST_KEY),
                    Snp.declare(declaration, GEOMETRY, options, cpus, 0));
        });
    }

    private State start() {
        State fresh = placed.layout().newState();
        machine.part(Snp.class).launch(fresh, 0, 0, Level.SIZE_2M, true);
        return fresh;
    }

    private long on(Actor actor, Operation<?> operation) {
        return operation.on(machine, actor).take(state);
    }

    private boolean innerReads(int page) {
        return on(INNER, new InnerLoad(GEOMETRY.gpa(page), Mapping.PRIVATE)) == AccessAs.Accessed.PERMITTED.ordinal();
    }

    @BeforeEach
    void granted() {
        assertThat(innerReads(0)).isFalse();
        on(MONITOR, Rmpadjust.grant(0, Level.SIZE_2M));
        assertThat(innerReads(0) && innerReads(1)).isTrue();
    }

    @Test
    void whatRmpadjustTakesStaysUsableUntilTheFlush() {
        on(MONITOR, Rmpadjust.revoke(0, Level.SIZE_2M));
        assertThat(innerReads(0) && innerReads(1)).isTrue();
        on(MONITOR, new Invlpgb());
        assertThat(innerReads(0) || innerReads(1)).isFalse();
    }

    @Test
    void whatPvalidateTakesStaysUsableUntilTheFlush() {
        on(MONITOR, Pvalidate.rescind(0, Level.SIZE_2M));
        assertThat(innerReads(0)).isTrue();
        on(MONITOR, new Invlpgb());
        assertThat(innerReads(0)).isFalse();
    }

    @Test
    void aWriteNeedsATranslationThatPermittedWrites() {
        on(MONITOR, Rmpadjust.revoke(0, Level.SIZE_2M));
        on(MONITOR, new Invlpgb());
        on(MONITOR, new Rmpadjust(0, Level.SIZE_2M, Snp.INNER_VMPL, Permissions.READ, false));
        on(MONITOR, Rmpadjust.revoke(0, Level.SIZE_2M));
        assertThat(innerReads(0)).isTrue();
        assertThat(on(INNER, new InnerStore(0, Mapping.PRIVATE, Value.INNER))).isEqualTo(Outcome.EXITS);
    }

    @Test
    void rmpupdateReachesTranslationsAtOnce() {
        on(MONITOR, Rmpadjust.revoke(0, Level.SIZE_2M));
        on(HOST, Rmpupdate.release(new Frame(0), Level.SIZE_2M));
        on(HOST, Rmpupdate.assign(new Frame(0), 0, Level.SIZE_2M));
        assertThat(innerReads(0)).isFalse();
    }

    @Test
    void translationsOfALargePageOutliveItsDivision() {
        on(MONITOR, Rmpadjust.revoke(0, Level.SIZE_2M));
        on(HOST, new Psmash(new Frame(0)));
        machine.part(Snp.class).npt().split(state, 0);
        assertThat(innerReads(0) && innerReads(1)).isTrue();
    }

    @Test
    void elsewhereEverythingIsGoneAtOnce() {
        placed = placed(false);
        machine = placed.machine();
        state = start();
        on(MONITOR, Rmpadjust.grant(0, Level.SIZE_2M));
        on(MONITOR, Rmpadjust.revoke(0, Level.SIZE_2M));
        assertThat(innerReads(0)).isFalse();
    }
}
