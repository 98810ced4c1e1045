package org.ringfence.platform.tdx.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.BringUpChoices;
import org.ringfence.stack.host.tdx.bringup.BringUpErrno;
import org.ringfence.stack.host.tdx.bringup.Call;
import org.ringfence.stack.host.tdx.bringup.Construction;
import org.ringfence.stack.host.tdx.bringup.Host;
import org.ringfence.stack.host.tdx.bringup.Injection;
import org.ringfence.stack.host.tdx.bringup.SmallHost;
import org.ringfence.stack.host.tdx.bringup.TdxBringUp;
import org.ringfence.stack.host.tdx.bringup.TdxEnable;

/** The bring-up makes Linux's calls in Linux's order, and unwinds as far as it had come. */
public class BringUpTest {

    private static BringUp routine(Injection injection, BringUpChoices choices) {
        SmallHost small = new SmallHost(2, 4, false);
        Host host = new Host(0, small.packageOf(), 3, TdxBringUp.GLOBAL_KEY_ID);
        return new BringUp(host, new Construction.Constructed(small.tdmrs()), choices, injection);
    }

    private static List<String> calls(SmallMachine machine) {
        return machine.performed().stream().filter(line -> line.startsWith("TDH.") || line.startsWith("WBINVD"))
                .map(line -> line.substring(0, line.indexOf(" = "))).toList();
    }

    @Test
    void theOrderIsLinuxs() {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2, "caches", true));
        BringUp.End end = machine.run(routine(Injection.none(), BringUpChoices.linux()));
        assertThat(end.isReady()).isTrue();
        assertThat(machine.machine().part(TdxModule.class).system().get(machine.state()))
                .isEqualTo(SystemState.SYS_READY);
        assertThat(calls(machine)).containsExactly(
                "TDH.SYS.INIT", "TDH.SYS.LP.INIT", "TDH.SYS.LP.INIT",
                "TDH.SYS.RD", "TDH.SYS.RD", "TDH.SYS.RD", "TDH.SYS.RD", "TDH.SYS.RD", "TDH.SYS.RD",
                "TDH.SYS.CONFIG", "WBINVD", "WBINVD",
                "TDH.SYS.KEY.CONFIG", "TDH.SYS.KEY.CONFIG",
                "TDH.SYS.TDMR.INIT", "TDH.SYS.TDMR.INIT");
    }

    @ParameterizedTest
    @CsvSource({
        "SYS_INIT, 1, PROCESSORS, false, false, SYSINIT_PENDING",
        "SYS_LP_INIT, 1, PROCESSORS, false, false, SYSINIT_DONE",
        "SYS_LP_INIT, 2, PROCESSORS, false, false, SYSINIT_DONE",
        "SYS_RD, 1, METADATA, false, false, SYSINIT_DONE",
        "SYS_RD, 6, METADATA, false, false, SYSINIT_DONE",
        "SYS_CONFIG, 1, CONFIG, false, true, SYSINIT_DONE",
        "SYS_KEY_CONFIG, 1, GLOBAL_KEY, true, true, SYSCONFIG_DONE",
        "SYS_KEY_CONFIG, 2, GLOBAL_KEY, true, true, SYSCONFIG_DONE",
        "SYS_TDMR_INIT, 1, TDMR_INIT, true, true, SYS_READY",
        "SYS_TDMR_INIT, 2, TDMR_INIT, true, true, SYS_READY"
    })
    void whateverCallFailsIsUnwound(
            Call call, int occurrence, BringUp.Stage stage, boolean flushed, boolean freed, SystemState left) {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2, "caches", true));
        Injection injection = new Injection(call, occurrence, TdxStatus.TDX_SYS_BUSY.code());
        BringUp.End end = machine.run(routine(injection, BringUpChoices.linux()));
        assertThat(end)
                .isEqualTo(new BringUp.End(stage, BringUpErrno.EIO, new BringUp.Unwinding(flushed, false, freed)));
        assertThat(machine.machine().part(TdxModule.class).system().get(machine.state())).isEqualTo(left);
        String failed = call.mnemonic() + " = TDX_SYS_BUSY (0x8000020200000000)";
        assertThat(machine.performed()).containsOnlyOnce(failed);
        assertThat(machine.performed().stream().filter(line -> line.startsWith(call.mnemonic() + " ")).toList())
                .hasSize(occurrence).endsWith(failed);
    }

    @Test
    void aCallThatFailsBeyondTheLastIsNoFailure() {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2));
        Injection injection = new Injection(Call.SYS_TDMR_INIT, 3, TdxStatus.TDX_SYS_BUSY.code());
        assertThat(machine.run(routine(injection, BringUpChoices.linux())).isReady()).isTrue();
    }

    @Test
    void memoryIsResetBeforeItGoesBackOnAProcessorWithTheErratum() {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2, "erratum", true));
        Injection injection = new Injection(Call.SYS_TDMR_INIT, 2, TdxStatus.TDX_SYS_BUSY.code());
        BringUp.End end = machine.run(routine(injection, BringUpChoices.linux()));
        assertThat(end.unwinding()).isEqualTo(new BringUp.Unwinding(true, true, true));
        assertThat(machine.performed()).endsWith("MOVDIR64B = DONE", "MOVDIR64B = DONE");
    }

    /** Vector 84 of the TDX fact sheet, section 7. */
    @Test
    void aPackageWithoutEntropyTurnsTdxOffAndThePamtsGoBackFlushed() {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2, "caches", true));
        Injection injection = new Injection(Call.SYS_KEY_CONFIG, 1, TdxStatus.TDX_KEY_GENERATION_FAILED.code());
        BringUp.End end = machine.run(routine(injection, BringUpChoices.linux()));
        assertThat(end).isEqualTo(new BringUp.End(
                BringUp.Stage.GLOBAL_KEY, BringUpErrno.EIO, new BringUp.Unwinding(true, false, true)));
        String failed = "TDH.SYS.KEY.CONFIG = TDX_KEY_GENERATION_FAILED (0x8000080000000000)";
        assertThat(machine.performed()).containsOnlyOnce(failed);
        assertThat(machine.performed().subList(machine.performed().indexOf(failed), machine.performed().size()))
                .filteredOn(line -> line.startsWith("WBINVD"))
                .as("on each package")
                .hasSize(2);
    }

    /** The rest of vector 84: tdx_enable() is called by whoever wants TDX, and a failure is for good. */
    @Test
    void everyLaterTdxEnableCallsNobodyAndReturnsEinval() {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2));
        Injection injection = new Injection(Call.SYS_KEY_CONFIG, 1, TdxStatus.TDX_KEY_GENERATION_FAILED.code());
        BringUp bringUp = routine(injection, BringUpChoices.linux());
        TdxEnable.Returned first = machine.run(new TdxEnable(bringUp, TdxEnable.Status.UNINITIALIZED));
        assertThat(first.errno()).isEqualTo(BringUpErrno.EIO);
        int performed = machine.performed().size();
        for (int later = 0; later < 3; later++) {
            TdxEnable.Returned again = machine.run(new TdxEnable(bringUp, first.status()));
            assertThat(again.errno()).isEqualTo(BringUpErrno.EINVAL);
            assertThat(again.status()).isEqualTo(TdxEnable.Status.ERROR);
        }
        assertThat(machine.performed()).hasSize(performed);

        SmallMachine good = SmallMachine.of(2, Map.of("packages", 2));
        TdxEnable.Returned up =
                good.run(new TdxEnable(routine(Injection.none(), BringUpChoices.linux()),
                        TdxEnable.Status.UNINITIALIZED));
        assertThat(good.run(new TdxEnable(bringUp, up.status())).errno()).isEqualTo(BringUpErrno.OK);
    }

    @Test
    void anInformationalStatusIsAFailureToLinux() {
        SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2));
        Injection injection = new Injection(Call.SYS_KEY_CONFIG, 2, TdxStatus.TDX_KEY_CONFIGURED.code());
        assertThat(machine.run(routine(injection, BringUpChoices.linux())).errno()).isEqualTo(BringUpErrno.EIO);
    }

    @Test
    void theInstructionsOwnFailuresHaveErrnosOfTheirOwn() {
        Map<Long, BringUpErrno> errnos = Map.of(
                0x8000_FF00_FFFF_0000L, BringUpErrno.ENODEV,
                0x8000_FF00_0000_000DL, BringUpErrno.EOPNOTSUPP,
                0x8000_FF00_0000_0006L, BringUpErrno.EACCES);
        errnos.forEach((rax, errno) -> {
            SmallMachine machine = SmallMachine.of(2, Map.of("packages", 2));
            Injection injection = new Injection(Call.SYS_INIT, 1, rax);
            assertThat(machine.run(routine(injection, BringUpChoices.linux())).errno()).isEqualTo(errno);
        });
    }
}
