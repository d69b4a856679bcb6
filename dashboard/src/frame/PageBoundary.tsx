import { Component, type ReactNode } from "react";
import { asFailure, type RequestFailed } from "../shared/ask.ts";
import { Failure } from "../shared/Failure.tsx";

interface PageBoundaryProps {
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly failure: RequestFailed | null;
}

/** A page whose code did not arrive (a new version may have taken its place), or that threw, leaves the frame standing. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = { failure: null };

  static getDerivedStateFromError(error: unknown): PageBoundaryState {
    return { failure: asFailure(error) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <Failure what="This page could not be shown" failure={failure} onRetry={() => location.reload()} />
    );
  }
}
