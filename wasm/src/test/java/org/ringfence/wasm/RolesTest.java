package org.ringfence.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Verdict;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.wasm.imports.SvsmImports;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.shared.SharedWords;

/** Modules in the roles that {@link SamplesTest} and {@link HostsTest} leave: an inner guest, and a driver. */
class RolesTest {
    private static final String INNER = """
            #include "ringfence.h"
            #define VALIDATE 0xC
            #define INVALID_ADDRESS 0x80000003ULL
            RINGFENCE_EXPORT("entry") void entry(void)
            {
                ringfence_u64 page = 0x1000 | VALIDATE;
                if (ringfence_svsm_call(6, 1, 0, 0) == 0)
                    ringfence_panic("the monitor has a protocol that it should not have");
                ringfence_svsm_write_list(8, &page, 1);
                if (ringfence_svsm_call(1, 8, 0, 0) != INVALID_ADDRESS)
                    ringfence_panic("the monitor gave its own page away");
                if (ringfence_store(0, RINGFENCE_INNER) != RINGFENCE_STORED || ringfence_load(0) != RINGFENCE_INNER)
                    ringfence_panic("the inner guest has no page of its own");
            }
            """;

    /** Two modules in one case, which ask each other. */
    @Test
    void anInnerGuestCallsItsMonitor() throws Exception {
        MachineSpec size = new MachineSpec(2, 2, 1);
        Geometry geometry = size.geometry();
        List<Part> svsm = SvsmImports.LIBRARY.needs();
        ActorSpec monitor = OneCase.actor(
                "monitor",
                Principal.GUEST,
                "snp",
                WasmStart.of(RealCode.sample("monitor-repaired"), "entry", List.of(2L), geometry, ""),
                svsm);
        ActorSpec inner = OneCase.actor(
                "inner",
                Principal.INNER_GUEST,
                "snp",
                WasmStart.of(RealCode.compiled("inner", INNER), "entry", List.of(), geometry, ""),
                svsm);
        Finding finding = OneCase.check(
                "snp",
                Map.of("l2", true),
                size,
                List.of(monitor, inner, OneCase.host("snp", Map.of("vcpus", 2), geometry)),
                "honest-host");
        assertThat(finding.covered().toString()).contains("SVSM answer", "SVSM call");
        assertThat(finding.covered().toString()).doesNotContain("panic");
        assertThat(finding.verdicts().get(Property.INTEGRITY)).isInstanceOf(Verdict.Safe.class);
    }

    private static final String DRIVER = """
            #include "ringfence.h"
            volatile unsigned short used;
            static const int buffers[] = { RINGFENCE_HOST, RINGFENCE_DATA };
            RINGFENCE_EXPORT("entry") void entry(void)
            {
                unsigned short index = used;
                if (index != 0)
                    ringfence_panic("the device names a buffer that it was not given");
            #ifndef REPAIRED
                index = used;
            #endif
                if (ringfence_store_shared(0, buffers[index]) != RINGFENCE_STORED)
                    ringfence_panic("fault in a store to a shared page");
            }
            """;

    /** A driver reads an index of a ring, which the host writes when it likes: once, or twice. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aDriverReadsARingThatTheHostWrites(boolean repaired) throws Exception {
        MachineSpec size = new MachineSpec(1, 2, 1);
        Geometry geometry = size.geometry();
        String shared = "used as u16 of 1 below 2 with host";
        WasmFile file = repaired
                ? RealCode.compiled("driver", DRIVER, "--share", "used", "-DREPAIRED")
                : RealCode.compiled("driver", DRIVER, "--share", "used");
        ActorSpec driver = OneCase.actor(
                "driver",
                Principal.GUEST,
                "tdx",
                WasmStart.of(file, "entry", List.of(), geometry, shared),
                List.of(new SharedWords.Brought(List.of(new SharedWords.Declared("used", 1, 2, true)))));
        Finding finding = OneCase.check(
                "tdx",
                Map.of("shared-pages", true),
                size,
                List.of(driver, OneCase.host("tdx", Map.of(), geometry)),
                "malicious-host");
        if (repaired) {
            assertThat(finding.verdicts().get(Property.CONFIDENTIALITY)).isNotInstanceOf(Verdict.Violated.class);
        } else {
            assertThat(finding.verdicts().get(Property.CONFIDENTIALITY)).isInstanceOf(Verdict.Violated.class);
        }
    }
}
