package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.adversary.TdxAdversary;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.seamcall.TdhVpInit;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdxFeature;

/** A leaf on a vCPU acts on the logical CPU from which its caller calls. Source: TDX module 1.5.01, helpers.c. */
class CallersCpuTest {
    private static final Actor UNKNOWN = new Actor(-1, Principal.HOST, "host");

    private final Td td = Td.of(new Geometry(2, 4, 1), 2, Td.features(TdxFeature.ASSOCIATION));

    @Test
    void aVcpuEntersAndIsFlushedWhereItsCallerIs() {
        State state = td.start();
        td.byHost(state, new KickVcpu(0));
        td.byHost(state, new KickVcpu(1));

        assertThat(td.byHost(state, 1, new TdhVpEnter(0)))
                .isEqualTo(TdhVpEnter.Result.TDX_VCPU_ASSOCIATED.ordinal());
        assertThat(td.byHost(state, 1, new TdhVpFlush(0, 0)))
                .isEqualTo(TdhVpFlush.Result.TDX_VCPU_NOT_ASSOCIATED.ordinal());
        assertThat(td.byHost(state, 0, new TdhVpFlush(0, 0))).isZero();
        assertThat(td.byHost(state, 2, new TdhVpEnter(0))).isZero();
        assertThat(td.tdx().vps().cpu(state, 0)).isEqualTo(2);
    }

    @Test
    void aVcpuThatIsInsideIsRefusedOnAnotherCpuAndItsOwnWaits() {
        State state = td.start();
        State before = state.snapshot();

        assertThat(td.byHost(state, 2, new TdhVpEnter(0)))
                .isEqualTo(TdhVpEnter.Result.TDX_VCPU_STATE_INCORRECT.ordinal());
        assertThat(td.byHost(state, 0, new TdhVpEnter(0))).isEqualTo(Outcome.WAITS);
        assertThat(state.sameWords(before)).isTrue();
    }

    @Test
    void anUnknownActorIsRefusedAndIsNotLogicalCpu0() {
        List<Operation<?>> calls = List.of(
                new TdhVpEnter(0), new TdhVpEnterWithAnswer(0, MapGpaAnswer.SUCCESS), new TdhVpFlush(0, 0));
        for (Operation<?> call : calls) {
            assertThatThrownBy(() -> call.on(td.machine(), UNKNOWN))
                    .as(call.toString())
                    .hasMessageEndingWith(
                            " calls from logical CPU -1, which the machine does not have; it has 3, numbered from 0");
        }
    }

    @Test
    void anUnknownActorIsRefusedByTheModuleToo() {
        Td built = Td.withModule(new Geometry(2, 4, 1), 1, TdOptions.of(Set.of()));

        for (Operation<?> call : List.of(new TdhMemTrack(), new TdhVpInit(0, 0))) {
            assertThatThrownBy(() -> call.on(built.machine(), UNKNOWN))
                    .as(call.toString())
                    .hasMessage("host calls from logical CPU -1, which the machine does not have; it has 2, "
                            + "numbered from 0");
        }
    }

    @Test
    void aHostThatIsNotTrustedCallsFromEachLogicalCpu() {
        Set<String> who = TdxAdversary.maliciousHost(td.machine()).stream()
                .filter(family -> family.operation(0).mnemonic().startsWith("TDH.VP."))
                .map(Family::actor)
                .map(actor -> actor + ", which is " + actor.cpu())
                .collect(Collectors.toSet());

        assertThat(who).containsExactlyInAnyOrder(
                "host on CPU 0, which is 0", "host on CPU 1, which is 1", "host on CPU 2, which is 2");
    }
}
