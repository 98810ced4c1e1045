package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * The firmware's commands about the platform as a whole.
 *
 * <p>Source: SEV firmware, {@code sev_mcmd.c}.
 */
public record PlatformCommands(SnpFirmware firmware) {

    private ReverseMapTable rmp() {
        return firmware.rmp();
    }

    private boolean checks(FirmwareGuard guard) {
        return firmware.guards().checks(guard);
    }

    /** SNP_INIT (0x81). It makes an entry of every frame anew. */
    public SevStatus init(State state, boolean aliased) {
        return init(state, aliased, true, 0, 0);
    }

    /**
     * SNP_INIT_EX (0x85). Without {@code initRmp} the RMP stays as it is since the last SNP_INIT: SNP_SHUTDOWN leaves
     * it protected, SNP_SHUTDOWN_EX does not.
     *
     * @param initRmp INIT_RMP: makes an entry of every frame anew
     * @param first the first frame that the hypervisor's list names, which become HV_Fixed
     * @param count how many frames it names; 0 where LIST_PADDR_EN is clear
     */
    public SevStatus init(State state, boolean aliased, boolean initRmp, int first, int count) {
        SevStatus refused = mayInit(state, aliased, initRmp, count);
        if (refused != SevStatus.SUCCESS) {
            return refused;
        }
        if (initRmp) {
            make(state, first, count);
        }
        return finish(state);
    }

    /** What SNP_INIT and SNP_INIT_EX check, with the arguments of {@link #init(State, boolean, boolean, int, int)}. */
    SevStatus mayInit(State state, boolean aliased, boolean initRmp, int count) {
        boolean on = firmware.initialised().get(state, 0)
                || (firmware.sev().isPresent()
                        && firmware.sev().get().platform().get(state) != SevFirmware.Platform.UNINIT);
        if (on) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!initRmp && !firmware.rmpMade().get(state, 0) && checks(FirmwareGuard.INIT_EX_RMP_IS_MADE)) {
            return SevStatus.RMP_INIT_REQUIRED;
        }
        if (!initRmp && count > 0) {
            return SevStatus.INVALID_PARAM;
        }
        boolean begun = initRmp && firmware.begun().get(state, 0);
        boolean configured = firmware.enabled().get(state, 0) && !begun && firmware.map().rmp().isTakenByFirmware();
        if (!configured && checks(FirmwareGuard.INIT_IS_CONFIGURED)) {
            return SevStatus.INVALID_CONFIG;
        }
        if (aliased && checks(FirmwareGuard.INIT_MEMORY_HAS_NO_ALIAS)) {
            return SevStatus.INVALID_CONFIG;
        }
        return SevStatus.SUCCESS;
    }

    /** Makes the entry of every frame; those listed become HV_Fixed. */
    void make(State state, int first, int count) {
        for (int frame = 0; frame < rmp().covered(); frame++) {
            make(state, frame, frame >= first && frame < first + count);
        }
    }

    /** SNP is initialised, with the RMP as it is. */
    SevStatus finish(State state) {
        firmware.asids().initialise(state);
        firmware.initialised().set(state, 0, true);
        firmware.rmpMade().set(state, 0, true);
        return SevStatus.SUCCESS;
    }

    private void make(State state, int frame, boolean listed) {
        rmp().reset(state, frame, false, listed || firmware.map().isFixed(frame));
        if (firmware.map().isIommus(frame)) {
            rmp().reset(state, frame, true, true);
            rmp().setTag(state, frame, RawRmpEntry.TAG_IOMMU, FrameRef.NONE);
        }
    }

    /**
     * SNP_SHUTDOWN (0x82), and SNP_SHUTDOWN_EX (0x86) where {@code iommu} is set: then the IOMMU's pages can be taken
     * back, and the next SNP_INIT_EX must make the RMP anew.
     */
    public SevStatus shutdown(State state, boolean iommu) {
        if (firmware.sev().isPresent() && firmware.sev().get().platform().get(state) != SevFirmware.Platform.UNINIT) {
            return SevStatus.INVALID_PLATFORM_STATE;
        }
        if (!firmware.initialised().get(state, 0)) {
            return SevStatus.SUCCESS;
        }
        if (!firmware.asids().isAllClean(state) && checks(FirmwareGuard.SHUTDOWN_ASIDS_ARE_CLEAN)) {
            return SevStatus.DF_FLUSH_REQUIRED;
        }
        for (int frame = firmware.map().firstIommu();
                iommu && frame < firmware.map().firstIommu() + firmware.map().iommus(); frame++) {
            rmp().setImmutable(state, frame, false, false);
            rmp().setTag(state, frame, 0, FrameRef.NONE);
        }
        for (int guest = 0; guest < firmware.guests().count(); guest++) {
            firmware.forget(state, guest);
        }
        firmware.initialised().set(state, 0, false);
        if (iommu) {
            firmware.rmpMade().set(state, 0, false);
        }
        return SevStatus.SUCCESS;
    }

    /** SNP_DF_FLUSH (0x84). */
    public SevStatus dfFlush(State state) {
        return firmware.asids().dfFlush(state);
    }
}
